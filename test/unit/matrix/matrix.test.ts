import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {matrixDocument} from '../../../src/matrix/data.js';
import {cpuImages, findImage, imagesOf, loadMatrix, unlistedImage} from '../../../src/matrix/matrix.js';
import {compatibilityPage} from '../../../src/matrix/page.js';
import {jsonSchemas} from '../../../src/matrix/schemas.js';
import {againstSchema, type ImageFile, imageProblems, verifyMatrix} from '../../../src/matrix/verify.js';

const matrix = loadMatrix();

describe('the data', () => {
  test('every file fits its schema and every row its neighbours', () => {
    const {files, rows, problems} = verifyMatrix();
    expect(problems).toEqual([]);
    expect(files).toBeGreaterThan(15);
    expect(rows).toBeGreaterThan(4_000);
  });

  test('a field of the wrong kind, a field too many and an empty file are found', () => {
    const whole = matrixDocument<{rows: object[]}>('driver-branches');
    const [row] = whole.rows;
    for (const rows of [[{...row, max_cuda: 'twelve'}], [{...row, extra: 1}], []]) {
      expect(againstSchema('driver-branches', {...whole, rows})).not.toEqual([]);
    }
  });

  test.each([
    ['a tag that names another CUDA', {tag: '9.9.9-cuda12.4-cudnn9-runtime', cuda: '12.1.0'}, /tag says CUDA 12\.4/],
    ['a build that is not there', {build: 'torch-0.0-cu1'}, /no build/],
    ['a source that is not there', {source: 's9999'}, /no source/],
    ['a repository of another file', {repo: 'docker.io/a/b'}, /not listed/],
    ['a requirement that is not there', {require: '99.9|amd64|ubuntu22.04'}, /no requirement/],
    ['a tag that no registry takes', {tag: '-x'}, /tag/],
  ])('%s is found', (_, change, problem) => {
    const whole = matrixDocument<ImageFile>('images/pytorch');
    const rows = whole.rows.slice(0, 1).map(row => ({...row, ...change}));
    const found = imageProblems('images/pytorch', {...whole, rows}, [...matrix.repositories.values()]);
    expect(found.map(({problem: text}) => text).join('\n')).toMatch(problem);
  });

  test('a row that stands twice is found', () => {
    const whole = matrixDocument<ImageFile>('images/pytorch');
    const rows = [...whole.rows.slice(0, 1), ...whole.rows.slice(0, 1)];
    const found = imageProblems('images/pytorch', {...whole, rows}, [...matrix.repositories.values()]);
    expect(found.map(({problem}) => problem)).toEqual(['stands twice']);
  });

  test.each([
    ['latest-gpu', {gpu: false}, /says GPU/],
    ['0.9-rocm', {gpu: true}, /AMD/],
    ['2.9.1-cuda12.8-cudnn9-x', {cuda: '12.6.1'}, /says CUDA 12.8/],
  ])('a row that its own tag contradicts is found: %s with %j', (tag, more, expected) => {
    const whole = matrixDocument<ImageFile>('images/pytorch');
    const [row] = whole.rows;
    const {build: _, ...plain} = {...row, tag, ...more} as ImageFile['rows'][number];
    const found = imageProblems('images/pytorch', {...whole, rows: [plain]}, [...matrix.repositories.values()]);
    expect(found).toEqual([expect.objectContaining({problem: expect.stringMatching(expected)})]);
  });

  test('an image of AMD is known not to work here, and one for GPUs is none for the CPU', () => {
    expect(findImage(matrix, 'ollama/ollama:rocm')?.broken).toMatch(/AMD/);
    expect(findImage(matrix, 'pytorch/torchserve:latest-gpu')?.gpu).toBe(true);
  });

  test('schemas and the page are those of today (npx tsx scripts/docs.ts)', () => {
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      const path = `compat-matrix/schemas/${name}.json`;
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
    }
    expect(readFileSync('docs/compatibility.md', 'utf8')).toBe(compatibilityPage());
  });
});

describe('images', () => {
  test('one row, in every spelling of its name', () => {
    for (const prefix of ['', 'docker.io/', 'index.docker.io/']) {
      const image = findImage(matrix, `${prefix}pytorch/pytorch:2.4.1-cuda12.4-cudnn9-runtime`);
      expect(image).toMatchObject({
        framework: 'pytorch',
        version: '2.4.1',
        cuda: ['12.4.1'],
        python: '3.11',
        gpu: true,
      });
      expect(image?.code[0]?.sass).toContain('8.6');
      expect(image?.requires).toEqual({texts: [], complete: true, arch: null});
    }
  });

  test.each([
    ['24.10-py3', '6.0'],
    ['24.10-vllm-python-py3', '7.0'],
    ['24.10-trtllm-python-py3', '7.0'],
    ['25.02-trtllm-python-py3', '7.5'],
    ['25.03-trtllm-python-py3', '8.0'],
    ['25.03-vllm-python-py3', '7.5'],
  ])('a Triton image asks for the GPU that its backend asks for (%s: %s)', (tag, capability) => {
    expect(findImage(matrix, `nvcr.io/nvidia/tritonserver:${tag}`)?.minComputeCapability).toBe(capability);
  });

  test('a devel image carries the requirement of its base, in full', () => {
    const image = findImage(matrix, 'pytorch/pytorch:2.4.1-cuda12.4-cudnn9-devel');
    expect(image?.requires?.texts[0]).toMatch(/^cuda>=12\.4 brand=tesla,driver>=470,driver<471 /);
    expect(image?.cudaCompat).toBe(true);
  });

  test('nvidia/cuda on nvcr.io is the same as on Docker Hub', () => {
    const tag = '12.4.1-base-ubuntu22.04';
    expect(findImage(matrix, `nvcr.io/nvidia/cuda:${tag}`)?.cuda).toEqual(
      findImage(matrix, `nvidia/cuda:${tag}`)?.cuda,
    );
  });

  test('what no row describes is null, and says why where the tag is known not to exist', () => {
    const reference = 'pytorch/pytorch:2.0.1-cuda11.8-cudnn8-devel';
    expect(findImage(matrix, reference)).toBeNull();
    expect(unlistedImage(reference).missing).toMatch(/cuda11\.7/);
    expect(unlistedImage('somebody/thing:1')).toMatchObject({described: false, missing: null, gpu: null});
    expect(unlistedImage('not a reference')).toMatchObject({described: false, repository: null});
  });

  test('a digest finds the row that has it, and no other', () => {
    const listed = imagesOf(matrix).find(image => image.digest !== null);
    expect(findImage(matrix, `nvcr.io/nvidia/pytorch@${listed?.digest}`)?.tag).toBe(listed?.tag);
    expect(findImage(matrix, `nvcr.io/nvidia/pytorch:${listed?.tag}@sha256:${'0'.repeat(64)}`)).toBeNull();
  });

  test('images for the CPU are for the CPU', () => {
    const images = cpuImages(matrix);
    expect(images.length).toBeGreaterThan(100);
    expect(images.every(image => image.gpu === false)).toBe(true);
  });
});
