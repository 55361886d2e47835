import {cp, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {type Lock, readLock} from '../../src/environment/lock.js';
import {BuildBench} from '../lab/build.js';
import {ended, gpudock} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

let bench: BuildBench;
let lab: Lab;
let folder: string;

beforeAll(async () => {
  bench = await BuildBench.open();
  lab = bench.lab;
  folder = await bench.project({'requirements.txt': 'packaging<25\n', 'main.py': 'print("here")\n'});
  ended(await gpudock(lab, ['lock', folder, '--gpus', 'none', '--target', 'job']));
}, 600_000);
afterAll(() => bench.end());

const lockOf = async (dir: string): Promise<Lock> => readLock(await readFile(join(dir, 'gpudock.lock'), 'utf8'));

test('pins the base by digest, each package by hash, and what apt adds by version', async () => {
  const {base, python, apt, platform} = await lockOf(folder);
  expect(base.image).toEqual({reference: 'python:3.12-slim', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/)});
  expect(python).toEqual([expect.objectContaining({name: 'packaging', version: '24.2'})]);
  expect(python[0]?.hashes.length).toBeGreaterThan(0);
  expect(apt.image).toEqual(expect.arrayContaining([expect.stringMatching(/^tini=\d/)]));
  expect(platform).toBe('linux/amd64');
});

test('a second look changes nothing, --check agrees, and a changed file is named', async () => {
  const before = await readFile(join(folder, 'gpudock.lock'), 'utf8');
  ended(await gpudock(lab, ['lock', folder, '--gpus', 'none', '--target', 'job']));
  expect(await readFile(join(folder, 'gpudock.lock'), 'utf8')).toBe(before);
  ended(await gpudock(lab, ['lock', folder, '--check']));
  const other = await copied();
  await writeFile(join(other, 'requirements.txt'), 'packaging<24\n');
  for (const args of [
    ['lock', other, '--check', '--json'],
    ['build', other, '--locked', '--json'],
  ]) {
    const {exit, stdout} = await gpudock(lab, args);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'lock_stale',
      cause: expect.stringContaining('requirements'),
    });
  }
});

describe('build --locked', () => {
  test('gives the same in another folder, with the project inside', async () => {
    const [image, again] = await Promise.all([built(folder), built(await copied())]);
    expect(again).not.toBe(image);
    const command = ['sh', '-c', 'cat /opt/venv/packages.txt; dpkg-query -W; python /workspace/main.py'];
    const [first, second] = [await bench.output(image, command), await bench.output(again, command)];
    expect(first).toBe(second);
    expect(first).toMatch(/^packaging==24.2$/m);
    expect(first).toMatch(/^here$/m);
  }, 300_000);

  test('says what is gone', async () => {
    const other = await copied();
    const lock = await lockOf(other);
    const gone = lock.apt.image.map(line => (line.startsWith('tini=') ? 'tini=0.0.1-1' : line));
    await writeFile(join(other, 'gpudock.lock'), JSON.stringify({...lock, apt: {...lock.apt, image: gone}}));
    const {exit, stdout} = await gpudock(lab, ['build', other, '--locked', '--json']);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'locked_gone',
      message: expect.stringContaining('tini=0.0.1-1'),
    });
  }, 300_000);

  test('refuses a file that is another one than was locked', async () => {
    const other = await copied();
    const lock = await lockOf(other);
    const python = lock.python.map(locked => ({...locked, hashes: [`sha256:${'0'.repeat(64)}`]}));
    await writeFile(join(other, 'gpudock.lock'), JSON.stringify({...lock, python}));
    const {exit, stdout} = await gpudock(lab, ['build', other, '--locked', '--json']);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'locked_gone',
      message: expect.stringContaining('packaging'),
    });
  }, 300_000);
});

test('upgrade shows the difference and keeps the lock before it; --rollback takes it again', async () => {
  const other = await copied();
  const lock = await lockOf(other);
  const python = lock.python.map(locked => ({...locked, version: '24.1', hashes: [`sha256:${'0'.repeat(64)}`]}));
  await writeFile(join(other, 'gpudock.lock'), JSON.stringify({...lock, python}));
  const looked = ended(await gpudock(lab, ['upgrade', 'packaging', '-C', other, '--dry-run', '--json']));
  expect(JSON.parse(looked.stdout)).toMatchObject({
    written: false,
    changes: [{what: 'python', name: 'packaging', from: '24.1', to: '24.2'}],
  });
  expect((await lockOf(other)).python[0]?.version).toBe('24.1');
  expect(ended(await gpudock(lab, ['upgrade', 'packaging', '-C', other])).stdout).toBe('~ packaging 24.1 → 24.2\n');
  expect((await lockOf(other)).python[0]?.version).toBe('24.2');
  ended(await gpudock(lab, ['upgrade', '--rollback', '-C', other]));
  expect((await lockOf(other)).python[0]?.version).toBe('24.1');
}, 300_000);

async function copied(): Promise<string> {
  const other = await bench.project({});
  await cp(folder, other, {recursive: true});
  return other;
}

const built = (dir: string): Promise<string> => bench.built(dir, ['--locked']);
