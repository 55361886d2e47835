import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {liveWorld} from '../../../src/world/live.js';

const world = liveWorld(() => async () => ({status: 'not-found', detail: ''}));
const folder = mkdtempSync(join(tmpdir(), 'gpudock-stat-'));
writeFileSync(join(folder, 'file'), 'text');
symlinkSync('file', join(folder, 'link'));
symlinkSync('nowhere', join(folder, 'dangling'));
afterAll(() => rmSync(folder, {recursive: true}));

test.each([
  ['file', 'file'],
  ['.', 'folder'],
  ['link', 'file'],
])('%s is a %s of the caller', async (name, kind) => {
  expect(await world.stat(join(folder, name))).toEqual({
    status: 'ok',
    value: {kind, uid: process.getuid?.(), gid: process.getgid?.(), readable: true, writable: true},
  });
});

test('a device is neither file nor folder', async () => {
  expect(await world.stat('/dev/null')).toMatchObject({status: 'ok', value: {kind: 'other'}});
});

test.each(['missing', 'dangling', 'file/below'])('%s is not found', async name => {
  expect(await world.stat(join(folder, name))).toEqual({status: 'not-found'});
});

test('a pipe that nothing writes to does not hold the reader', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(await world.read(pipe)).toMatchObject({status: 'ok', value: {length: 0}});
});

const shell = (script: string) => ({program: 'sh', args: ['-c', script]});

describe('run', () => {
  test.each([
    [
      'an exit code',
      shell('echo out; echo err >&2; exit 3'),
      {status: 'ran', exit: 3, stdout: 'out\n', stderr: 'err\n'},
    ],
    ['success', shell('exit 0'), {status: 'ran', exit: 0}],
    ['its input', {program: 'cat', args: [], input: 'text'}, {status: 'ran', exit: 0, stdout: 'text'}],
    ['no input', {program: 'cat', args: []}, {status: 'ran', exit: 0, stdout: ''}],
    ['input that nobody reads', {program: 'true', args: [], input: 'x'.repeat(1e6)}, {status: 'ran', exit: 0}],
    ['a variable', {...shell('echo $A$HOME'), env: {A: 'b', HOME: ''}}, {stdout: 'b\n'}],
    ['the root folder', shell('pwd'), {stdout: '/\n'}],
    ['a missing program', {program: 'gpudock-no-such-program', args: []}, {status: 'not-found'}],
    ['a program that is no program', {program: folder, args: []}, {status: 'denied'}],
    ['its own death', shell('kill -9 $$'), {status: 'ran', exit: 128}],
    ['a timeout', {...shell('echo early; exec sleep 60'), timeout: 300}, {status: 'timeout', stdout: 'early\n'}],
    ['a grandchild that keeps the pipes open', {...shell('sleep 5 & sleep 5'), timeout: 200}, {status: 'timeout'}],
  ] as const)('tells %s', async (_, command, outcome) => {
    expect(await world.run(command)).toMatchObject(outcome);
  });

  test('asks a program that has something to tidy up to end, and waits for it', async () => {
    const controller = new AbortController();
    const trap = "trap 'echo tidied; exit 7' TERM; echo started >&2; while :; do sleep 0.05; done";
    setTimeout(() => controller.abort(), 300);
    const outcome = await world.run({...shell(trap), signal: controller.signal, timeout: 60_000});
    expect(outcome).toEqual({status: 'ran', exit: 7, stdout: 'tidied\n', stderr: 'started\n'});
  });
});
