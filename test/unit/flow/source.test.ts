import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {readSource} from '../../../src/flow/source.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true});
});

function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'gpudock-source-'));
  folders.push(dir);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), {recursive: true});
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const paths = async (dir: string): Promise<string[]> => (await readSource(dir)).source.files.map(({path}) => path);

test.each<[string, Record<string, string>, string[]]>([
  ['all files, sorted', {'b.py': '', 'a/c.py': ''}, ['a/c.py', 'b.py']],
  [
    'no history, caches, environments, secrets',
    {
      '.git/config': '',
      'x/__pycache__/a.pyc': '',
      '.venv/bin/python': '',
      '.env': 'TOKEN=1',
      'a.py': '',
    },
    ['a.py'],
  ],
  [
    'what .dockerignore lets through',
    {'.dockerignore': 'data\n*.ckpt\n', 'data/1': '', 'x.ckpt': '', 'a.py': ''},
    ['.dockerignore', 'a.py'],
  ],
  [
    'what it takes in again',
    {'.dockerignore': 'data\n!data/small.csv\n', 'data/1': '', 'data/small.csv': ''},
    ['.dockerignore', 'data/small.csv'],
  ],
])('%s', async (_, files, taken) => {
  expect(await paths(folder(files))).toEqual(taken);
});

test('the digest follows contents, names and what may be run, and nothing else', async () => {
  const dir = folder({'a.py': '1'});
  const digest = async () => (await readSource(dir)).source.digest;
  const first = await digest();
  writeFileSync(join(dir, 'a.py'), '1');
  expect(await digest()).toBe(first);
  chmodSync(join(dir, 'a.py'), 0o755);
  const runnable = await digest();
  writeFileSync(join(dir, 'a.py'), '2');
  expect(new Set([first, runnable, await digest()]).size).toBe(3);
});

describe('a folder with', () => {
  test('loops of links: kept as links; one that leads out is left out', async () => {
    const dir = folder({'a.py': ''});
    symlinkSync('two', join(dir, 'one'));
    symlinkSync('one', join(dir, 'two'));
    symlinkSync('.', join(dir, 'self'));
    symlinkSync('/etc/passwd', join(dir, 'out'));
    symlinkSync('../elsewhere', join(dir, 'up'));
    const {source, notes} = await readSource(dir);
    expect(source.files.map(({path, kind}) => [path, kind])).toEqual([
      ['a.py', 'file'],
      ['one', 'link'],
      ['self', 'link'],
      ['two', 'link'],
    ]);
    expect(notes.map(note => note.split(' ')[0]).sort()).toEqual(['out', 'up']);
  });

  test('a socket and a pipe: left out, and said', async () => {
    const dir = folder({'a.py': ''});
    const server = createServer().listen(join(dir, 's'));
    await new Promise(listening => server.once('listening', listening));
    execFileSync('mkfifo', [join(dir, 'p')]);
    const {source, notes} = await readSource(dir);
    server.close();
    expect(source.files.map(({path}) => path)).toEqual(['a.py']);
    expect(notes.map(note => note.split(' ')[0]).sort()).toEqual(['p', 's']);
  });

  test('a name in another encoding: left out, and said', async () => {
    const dir = folder({'café.py': ''});
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/caf`), Buffer.from([0xe9]), Buffer.from('.py')]), '');
    const {source, notes} = await readSource(dir);
    expect(source.files.map(({path}) => path)).toEqual(['café.py']);
    expect(notes).toEqual([expect.stringContaining('UTF-8')]);
  });

  test('a file of 10 GB: a failure that names it, before it is read', async () => {
    const dir = folder({'a.py': '', 'data/huge.bin': ''});
    truncateSync(join(dir, 'data/huge.bin'), 10 * 1024 ** 3);
    await expect(readSource(dir)).rejects.toMatchObject({
      code: 'context_too_large',
      reason: expect.stringContaining('data/huge.bin'),
    });
    writeFileSync(join(dir, '.dockerignore'), 'data\n');
    expect(await paths(dir)).toEqual(['.dockerignore', 'a.py']);
  });
});
