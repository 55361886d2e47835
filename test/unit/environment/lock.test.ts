import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {goneFrom} from '../../../src/environment/gone.js';
import {changedInputs, type Lock, lockInputs, readLock, writeLock} from '../../../src/environment/lock.js';
import {lockDifference} from '../../../src/environment/lock-difference.js';
import {lockedLines} from '../../../src/environment/locked-lines.js';
import {isFailure} from '../../../src/failure.js';
import {LOCK} from './locked.js';
import {project, requirement} from './memory.js';

const change = (part: Partial<Lock>): Lock => ({...LOCK, ...part});

test('a lock is read as it was written, the same bytes each time', () => {
  const text = writeLock(LOCK);
  expect(readLock(text)).toEqual(LOCK);
  expect(writeLock(readLock(text))).toBe(text);
});

test('what is no lock is a failure, and what is one is safe in a Dockerfile', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.constantFrom('a\nRUN id', "a'b", '$(id)', '--flag', 'a b', 'git+ssh://h/a b'),
  );
  let refused = 0;
  fc.assert(
    fc.property(hostile, hostile, hostile, (apt, name, version) => {
      const python = [{name, version, url: null, hashes: []}];
      try {
        const lock = readLock(JSON.stringify(change({apt: {builder: [apt], image: []}, python})));
        expect([...lock.apt.builder, lockedLines(lock.python).trim()].join('')).toMatch(/^[\w.+:~=!-]+$/);
      } catch (error) {
        if (!isFailure(error)) throw error;
        expect(error.code).toBe('invalid_lock');
        refused += 1;
      }
    }),
  );
  expect(refused).toBeGreaterThan(0);
});

describe('a lock is stale', () => {
  const files = [{path: 'requirements.txt', text: 'numpy\n'}];
  const before = project({files, requirements: [requirement({from: 'requirements.txt:1'})]});
  const lock = {inputs: lockInputs(before)};

  test.each([
    ['for the same project in another folder: no', {...before, dir: '/elsewhere', name: 'other'}, []],
    ['for a changed file', {...before, files: [{path: 'requirements.txt', text: 'numpy>2\n'}]}, ['requirements.txt']],
    ['for a further package', {...before, requirements: [requirement()]}, ['packages outside those files']],
    ['for a further apt package', {...before, apt: ['ffmpeg']}, ['apt packages']],
    ['for another Python', {...before, python: '3.13'}, ['Python version']],
    ['for another base', {...before, settings: {base: 'bootstrap'}}, ['base and framework']],
    ['for another port: no', {...before, settings: {port: 9000}}, []],
  ])('%s', (_, after, changed) => {
    expect(changedInputs(lock, after)).toEqual(changed);
  });
});

test('lines that pip understands: hashes continued, repositories by commit', () => {
  expect(lockedLines(LOCK.python)).toBe(
    `numpy==2.1.0 \\\n    --hash=sha256:${'a'.repeat(64)}\nours @ git+https://h.example/ours.git@0123abc\n`,
  );
});

test('the difference of two locks names what is new, gone and changed', () => {
  const next = {reference: 'python:3.13-slim', digest: `sha256:${'2'.repeat(64)}`};
  const after = change({
    base: {...LOCK.base, image: next, builder: next},
    python: [
      {name: 'numpy', version: '2.2.0', url: null, hashes: []},
      {name: 'six', version: '1', url: null, hashes: []},
    ],
    apt: {builder: ['git=1:2.47.3-0+deb13u2'], image: LOCK.apt.image},
  });
  expect(lockDifference(LOCK, after).map(({what, name, from, to}) => [what, name, from, to])).toEqual([
    ['base', 'python', '3.12-slim@sha256:111111111111', '3.13-slim@sha256:222222222222'],
    ['python', 'numpy', '2.1.0', '2.2.0'],
    ['python', 'ours', 'git+https://h.example/ours.git@0123abc', null],
    ['python', 'six', null, '1'],
    ['apt', 'git', '1:2.47.3-0+deb13u1', '1:2.47.3-0+deb13u2'],
  ]);
  expect(lockDifference(LOCK, LOCK)).toEqual([]);
});

test('a registry keeps its port, and a base without a tag has none', () => {
  const based = (reference: string) => ({
    ...LOCK,
    base: {...LOCK.base, image: {reference, digest: null}, builder: {reference, digest: null}},
  });
  expect(lockDifference(null, based('h.example:5000/ours:1'))[0]).toMatchObject({name: 'h.example:5000/ours', to: '1'});
  expect(lockDifference(null, based('h.example:5000/ours'))[0]).toMatchObject({
    name: 'h.example:5000/ours',
    to: 'latest',
  });
});

test.each([
  ["E: Version '1:2.47.3-0+deb13u1' for 'git' was not found", ['git=1:2.47.3-0+deb13u1']],
  ['E: Unable to locate package libcu', ['libcu']],
  ['  ╰─▶ Because there is no version of six==1.16.99 and you require', ['six==1.16.99']],
  ['ERROR: No matching distribution found for six==1.16.99', ['six==1.16.99']],
  ['libown-1.3-h1_0.tar.bz2 tarball has incorrect SHA256', ['libown-1.3-h1_0']],
  [
    'error    libmamba Failed to download package from https://h.example/c/linux-64/ffmpeg-7.1-0.conda (status 404)',
    ['ffmpeg-7.1-0'],
  ],
  ['  × Hash mismatch for `six==1.17.0`', ['six==1.17.0']],
  [
    '    six==1.17.0 from http://h.example/six-1.17.0-py3-none-any.whl (from -r /build/gpudock.hashed.txt (line 1)):',
    ['six==1.17.0'],
  ],
  ['    six==1.17.0 from https://h.example/six-1.17.0-py3-none-any.whl:', ['six==1.17.0']],
  ['Get:1 git 1:2.47.3', []],
])('%s', (line, packages) => {
  expect(goneFrom(['Reading package lists...', line, line])).toEqual(packages);
});
