import {readFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {gpudock, makeProject, readLab} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {unpublished} from '../published.js';

/** Commands as somebody types them one after the other; each tells its result in one document. DIR is a project. */
const LINES = [
  ['completion', 'bash'],
  ['host'],
  ['doctor'],
  ['explain', 'package.json'],
  ['match', 'pytorch'],
  ['check', 'python:3.12-slim', '--offline'],
  ['matrix', 'show', 'gpus'],
  ['matrix', 'verify', '--offline'],
  ['matrix', 'update', 'pytorch/pytorch', '--limit', '1', '--dry-run'],
  ['bench', '--list'],
  ['bench', '--dry-run'],
  ['bench', 'images', 'a', 'b', 'start', '--dry-run'],
  ['bench', 'launch', 'start', '--dry-run'],
  ['bench', 'compare', 'package.json', 'package.json'],
  ['setup', '--check'],
  ['setup', '--undo', '--dry-run'],
  ['config', 'DIR'],
  ['init', 'DIR', '--yes'],
  ['dockerfile', 'DIR'],
  ['build', 'DIR', '--dry-run'],
  ['build', 'DIR'],
  ['lock', 'DIR'],
  ['lock', 'DIR', '--check'],
  ['upgrade', '-C', 'DIR', '--dry-run'],
  ['notebook', 'DIR', '--dry-run'],
  ['serve', 'vllm', 'a/b', '--image', 'python:3.12-slim', '--dry-run'],
  ['run', '--json', '-C', 'DIR', '--dry-run', 'true'],
  ['run', '--json', '-C', 'DIR', 'true'],
  ['run', '--json', '-C', 'DIR', '--detach', '--name', 'gpudock-zz-json', '--', 'sh', '-c', 'echo said; sleep 600'],
  ['shell', '-C', 'DIR'],
  ['ps'],
  ['top'],
  ['volumes'],
  ['fix-perms', 'DIR', '--dry-run'],
  ['cp', 'gpudock-zz-json:/etc/passwd', 'DIR', '--dry-run'],
  ['commit', 'DIR', '--dry-run'],
  ['logs', 'DIR'],
  ['open', 'DIR'],
  ['exec', '--json', 'DIR', 'true'],
  ['stop', 'DIR'],
  ['rm', 'DIR'],
  ['images'],
  ['prune', 'DIR', '--keep', '0', '--yes'],
] as const;

/** Without a GPU, a link or a session the document is a failure. */
const FAILING = ['top', 'open DIR', 'bench compare package.json package.json'];

let lab: Lab;
let folder: string;

beforeAll(async () => {
  lab = await readLab();
  folder = await makeProject({'requirements.txt': 'packaging\n'});
});

afterAll(async () => {
  await gpudock(lab, ['rm', '--force', folder]);
  await rm(folder, {recursive: true, force: true});
});

test.each(LINES.map(line => [line.join(' '), line] as const))(
  'gpudock %s --json',
  async (_, line) => {
    const words = line.map(word => (word === 'DIR' ? folder : word));
    const args = words.includes('--json') ? words : [...words, '--json'];
    const {stdout} = await gpudock(lab, args, {input: ''});
    expect(unpublished(stdout)).toBeNull();
    expect('error' in JSON.parse(stdout)).toBe(FAILING.includes(line.join(' ')));
  },
  120_000,
);

test('every command is among them', () => {
  const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {commands: Record<string, unknown>};
  const typed = LINES.map(line => line.join(':'));
  const missing = Object.keys(commands).filter(id => !typed.some(line => `${line}:`.startsWith(`${id}:`)));
  expect(missing).toEqual([]);
});
