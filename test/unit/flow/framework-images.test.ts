import {expect, test} from '@jest/globals';
import {frameworkImages} from '../../../src/flow/framework-images.js';
import {openMatrix} from '../../../src/matrix/matrix.js';
import {memory} from '../environment/memory.js';
import {machine} from '../verdict/machines.js';

const HOME = '/home/ada';
const overlay = (rows: unknown[]) =>
  memory(
    {
      [`${HOME}/.local/share/gpudock/matrix.json`]: JSON.stringify({
        schema: 'gpudock/matrix-overlay/1',
        date: '2026-11-20',
        rows,
      }),
    },
    {HOME},
  );
const row = {
  tag: '2.99.0-runtime',
  repo: 'docker.io/pytorch/pytorch',
  framework: 'pytorch',
  version: '2.99.0',
  platforms: 'amd64',
  require: '',
  gpu: false,
  digest: `sha256:${'a'.repeat(64)}`,
  evidence: 'observed',
  source: 'registry',
};
const wish = {name: 'pytorch', specifier: '>=2.99', from: 'requirements.txt'} as const;

test('what the last update of the matrix found is offered to a build', async () => {
  const host = {...machine('570.86.15', []), gpus: []};
  const real = {
    ...host,
    os: {...host.os, arch: 'x64'},
    engine: {...host.engine, kind: 'docker' as const, version: '28.5.2'},
  };
  const offered = frameworkImages(await openMatrix(overlay([row])), real, wish, 0);
  expect(offered.map(({image}) => image)).toEqual(['pytorch/pytorch:2.99.0-runtime']);
  expect(frameworkImages(await openMatrix(memory({}, {HOME})), real, wish, 0)).toEqual([]);
  // What the image has may be another build of that version.
  const named = (specifier: string) => ({...wish, specifier});
  const matrix = await openMatrix(overlay([row]));
  expect(frameworkImages(matrix, real, named('==2.99.0'), 0)).toHaveLength(1);
  expect(frameworkImages(matrix, real, named('==2.99.0+cpu'), 0)).toEqual([]);
});

test('what lies there and is no overlay is said, and not passed over', async () => {
  await expect(openMatrix(overlay([{...row, cuda: '99.0'}]))).rejects.toMatchObject({code: 'matrix_overlay_invalid'});
});
