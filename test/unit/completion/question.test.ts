import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {type Catalogue, offerFor, type Source} from '../../../src/completion/question.js';
import {valuesFrom} from '../../../src/completion/values.js';
import type {World} from '../../../src/world/world.js';

const catalogue = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as Catalogue;
const offer = (line: string) => offerFor(line.split(' '), catalogue);

test.each<[string, string[], Source | null]>([
  ['matr', ['matrix'], null],
  ['matrix ', ['show', 'update', 'verify'], null],
  ['bench com', ['compare'], null],
  ['nosuch ', [], null],
  ['__proto__ ', [], null],
  ['stop ', [], 'containers'],
  ['stop x ', [], 'containers'],
  ['logs x ', [], null],
  ['check a b', [], 'images'],
  ['run --gpu-c', ['--gpu-check'], null],
  ['run --gpu-check ', ['fail', 'warn', 'off'], null],
  ['run --gpu-check=o', ['--gpu-check=off'], null],
  ['run --gpus=', [], 'gpus'],
  ['run -C ', [], 'folders'],
  ['run python --g', [], 'files'],
  ['run -- ', [], 'files'],
  ['exec ', [], 'containers'],
  ['exec here ', [], 'files'],
  ['run --name ', [], null],
  ['notebook --no-op', ['--no-open'], null],
  ['logs --json --js', [], null],
  ['doctor --from ', [], 'folders'],
  ['serve t', ['tensorflow', 'triton', 'torchserve'], null],
  ['explain ', [], 'files'],
  ['cp ', [], 'places'],
  ['cp here.txt gpudock-', [], 'places'],
  ['cp a b ', [], null],
])('after "gpudock %s": %j, and from %j', (line, words, source) => {
  expect([offer(line).candidates.map(({value}) => value), offer(line).source]).toEqual([words, source]);
});

test('whatever is typed, what is offered begins with it', () => {
  const word = fc.constantFrom('run', 'matrix', 'show', '--gpus', '--gpus=', '--', '-C', 'bench', '', '--x=y', 'é');
  fc.assert(
    fc.property(fc.array(word, {minLength: 1, maxLength: 6}), words => {
      for (const {value} of offerFor(words, catalogue).candidates)
        expect(value.startsWith(words.at(-1) ?? '')).toBe(true);
    }),
  );
});

const silent: Pick<World, 'engine' | 'run' | 'env' | 'read'> = {
  env: {HOME: '/home/ada'},
  read: async () => ({status: 'not-found'}),
  engine: async () => ({status: 'timeout', detail: ''}),
  run: async () => ({status: 'not-found', stdout: '', stderr: ''}),
};
const names = async (world: typeof silent, source: Source, typed = '') =>
  (await valuesFrom(world, source, typed)).map(({value}) => value);

test('GPUs are offered by index and by UUID, MIG devices by theirs', async () => {
  const [first, second] = ['GPU-aaaaaaaa-1111-2222-3333-444444444444', 'GPU-cccccccc-1111-2222-3333-444444444444'];
  const mig = 'MIG-bbbbbbbb-1111-2222-3333-444444444444';
  const stdout = `GPU 0: NVIDIA A100 (UUID: ${first})\n  MIG 3g.20gb     Device  0: (UUID: ${mig})\nGPU 1: NVIDIA A100 (UUID: ${second})\n`;
  const world = {...silent, run: async () => ({status: 'ran', exit: 0, stdout, stderr: ''}) as const};
  const expected = ['all', 'auto', 'none', '0', first, mig, '1', second];
  expect(await names(world, 'gpus')).toEqual(expected);
});

test('where nothing answers, what is known without it is offered', async () => {
  expect(await names(silent, 'gpus')).toEqual(['all', 'auto', 'none']);
  expect(await names(silent, 'containers')).toEqual([]);
  expect(await names(silent, 'images')).toEqual([]);
  expect(await names(silent, 'images', 'py')).toContain('pytorch/pytorch:2.6.0-cuda12.4-cudnn9-runtime');
});
