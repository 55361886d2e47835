import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import type {Host} from '../../../src/contract/host.js';
import type {Verdict} from '../../../src/contract/verdict.js';
import {builds} from '../../../src/matrix/builds.js';
import type {ImageFacts} from '../../../src/matrix/image-facts.js';
import {findImage, loadMatrix, unlistedImage} from '../../../src/matrix/matrix.js';
import {packageRoot} from '../../../src/package-root.js';
import {judge} from '../../../src/verdict/judge.js';
import {IMAGINED, imaginedHost} from '../../../src/verdict/question.js';
import {image} from './machines.js';

/** What a public thread tells: a machine, an image, and what happened. Several threads tell no driver, or no GPU. */
interface Thread {
  source: string;
  said: string;
  driver?: string;
  /** The CUDA of the driver, where the thread tells no more of it. */
  cuda?: string;
  wsl?: boolean;
  gpu?: string;
  /** `hook`: on a real machine, by `docker run --gpus` before Docker 29.2. */
  start?: 'hook';
  toolkit?: string;
  /** An image of the matrix, */
  image?: string;
  /** or a build of PyTorch (`2.5.1-cu121`), or its machine code, or its CUDA alone, in a plain image. */
  torch?: string;
  sass?: string[];
  inside?: string;
  /** Only what this rule says is told. */
  rule?: string;
  expect: string;
  /** What the verdict may be instead, as long as a fact is missing. */
  known_as?: 'unknown';
  missing?: string;
}

const threads = JSON.parse(
  readFileSync(join(packageRoot(), 'test/fixtures/verdict/threads.json'), 'utf8'),
) as readonly Thread[];
const matrix = loadMatrix();

function imageOf({image: reference, torch, sass, inside, source}: Thread): ImageFacts {
  if (reference !== undefined) return findImage(matrix, reference) ?? unlistedImage(reference);
  const build = torch === undefined ? undefined : builds().get(`torch-${torch}`);
  if (torch !== undefined) expect(build).toBeDefined();
  const listed = sass && {
    program: 'pytorch',
    sass,
    sassArm64: null,
    ptx: [],
    ptxRefusedFrom: null,
    ptxRefusedBelow: null,
    ptxUnprovenFrom: null,
    ptxOnlyFrom: null,
    fails: null,
    inferred: false,
    source,
  };
  return image({
    cuda: [build?.cuda ?? inside ?? '11.8'],
    cudnn: build?.cudnn ?? null,
    code: [build?.code ?? listed].flatMap(one => one ?? []),
  });
}

function hostOf({driver, cuda, wsl = false, gpu, start, toolkit}: Thread): Host {
  const imagined = imaginedHost({driver: driver ?? '1', gpus: gpu === undefined ? [] : [gpu], arch: null, wsl});
  const unknown = {version: null, cudaVersion: cuda ?? null, cudaVersionDerived: null};
  const host = {
    ...imagined,
    driver: {...imagined.driver, ...(driver === undefined ? unknown : {})},
    gpus: gpu === undefined ? null : imagined.gpus,
  };
  if (start === undefined) return host;
  return {
    ...host,
    os: {...host.os, arch: 'x64'},
    gpus: host.gpus?.map(one => ({...one, state: 'ok' as const})) ?? null,
    toolkit: {version: toolkit ?? null},
    resources: {...host.resources, cpuFlags: ['avx']},
    engine: {
      ...host.engine,
      kind: 'docker',
      version: '28.5.2',
      cdiDevices: [],
      gpuAccess: {cdi: false, hook: true, runtime: false},
    },
  };
}

function answerTo(thread: Thread): string {
  const question = thread.start === undefined ? IMAGINED : ({synthetic: false, gpus: 'all'} as const);
  const {verdict, rules}: Verdict = judge(hostOf(thread), imageOf(thread), question);
  if (thread.rule === undefined) return verdict;
  return [...new Set(rules.filter(({id}) => id === thread.rule).map(({outcome}) => outcome))].join(' ');
}

describe('what public threads tell of a machine and an image', () => {
  test.each(threads)('$source: $gpu, $driver: $said', thread => {
    expect(answerTo(thread)).toBe(thread.known_as ?? thread.expect);
  });

  test('they are many, and few of them must be left open', () => {
    expect(threads.length).toBeGreaterThanOrEqual(75);
    const open = threads.filter(({known_as}) => known_as !== undefined);
    expect(open.every(({missing}) => missing !== undefined)).toBe(true);
    expect(open.length).toBeLessThan(threads.length / 10);
  });
});
