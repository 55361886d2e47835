import {execFileSync} from 'node:child_process';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import nodeModule from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpudock-compiled-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const compiled = (): string => join(folder, 'gpudock/compiled');
const run = (root: string, ...words: string[]): string => runIn(folder, root, ...words);
const runIn = (caches: string, root: string, ...words: string[]): string =>
  execFileSync(process.execPath, [join(root, 'bin/run.js'), ...words], {
    encoding: 'utf8',
    env: {...process.env, XDG_CACHE_HOME: caches, NODE_COMPILE_CACHE: ''},
    timeout: 20_000,
  });

/** Where the code of the one build that ran lies. */
function place(): string {
  const [only = '', ...others] = readdirSync(compiled());
  expect(others).toEqual([]);
  return join(compiled(), only);
}

const MAIN = 'main.js.code';

describe('compiled code', () => {
  test('is not taken from a folder that others may write to', () => {
    mkdirSync(compiled(), {recursive: true});
    chmodSync(compiled(), 0o777);
    run('.', '--help');
    expect(readdirSync(compiled())).toEqual([]);
  });

  test.each(['setup', 'doctor'])('of %s is not kept: it says that it changed nothing', command => {
    run('.', command, '--help');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not kept where no folder can be made', () => {
    expect(runIn('/proc/gpudock', '.', '--help')).toContain('USAGE');
  });

  test('loads nothing by import(): for code that was kept Node has no loader', () => {
    for (const file of readdirSync('dist').filter(name => /\.c?js$/.test(name)))
      expect(readFileSync(join('dist', file), 'utf8')).not.toMatch(/\bimport\(["'`]/);
  });
});

// Node 22 and later keep it by themselves, in files of their own.
const keptByGpudock = (): void => {
  test('is kept from run to run, also of functions that a later command needed first', () => {
    const first = run('.', '--help');
    const size = readFileSync(join(place(), MAIN)).length;
    const matched = run('.', 'matrix', 'show', '--json');
    expect(readFileSync(join(place(), MAIN)).length).toBeGreaterThan(size);
    expect([run('.', '--help'), run('.', 'matrix', 'show', '--json')]).toEqual([first, matched]);
  });

  test('that is broken is not used, and made anew', () => {
    const first = run('.', '--help');
    const file = join(place(), MAIN);
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 1000));
    expect(run('.', '--help')).toBe(first);
    expect(readFileSync(file).length).toBeGreaterThan(1000);
  });

  test('of another build is not used, although its source is as long', () => {
    const copy = join(folder, 'copy');
    for (const path of ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
      cpSync(path, join(copy, path), {recursive: true});
    run(copy, '--help');
    const main = join(copy, 'dist/main.js');
    const source = readFileSync(main, 'utf8');
    expect(source).toContain('USAGE');
    writeFileSync(main, source.replaceAll('USAGE', 'USING'));
    writeFileSync(join(copy, 'dist/fingerprint'), 'another');
    expect(run(copy, '--help')).toContain('USING');
    expect(readdirSync(compiled())).toHaveLength(2);
  });

  test('of builds that nobody runs any more goes', () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) mkdirSync(join(compiled(), name), {recursive: true});
    run('.', '--help');
    expect(readdirSync(compiled())).toHaveLength(4);
  });
};
if (!('enableCompileCache' in nodeModule)) describe('compiled code that gpudock keeps itself', keptByGpudock);
