import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {Explain} from '../../../src/contract/explain.js';
import {newFolder} from '../host/layout.js';

const FAULT = 'docker: Error response from daemon: unknown or invalid runtime name: nvidia.\n';

const explain = (args: string[], input = '') =>
  spawnSync(process.execPath, ['bin/run.js', 'explain', ...args], {encoding: 'utf8', input});

test.each([
  ['a pipe', [], FAULT],
  ['a pipe, named -', ['-'], FAULT],
  ['a file', [written(FAULT)], ''],
])('explain reads %s', (_, args, input) => {
  const {stdout, status} = explain([...args, '--json'], input);
  expect(Explain.parse(JSON.parse(stdout)).matches.map(({id}) => id)).toEqual(['nvidia_runtime_missing']);
  expect(status).toBe(0);
});

test('a log without a known failure says so, and that is no error', () => {
  const {stdout, status} = explain([], 'epoch 1 loss 0.5\n');
  expect({stdout, status}).toEqual({stdout: 'No known failure found in this log.\n', status: 0});
});

test.each([['/does/not/exist'], [tmpdir()]])('%s is no log', path => {
  const {stdout, status} = explain([path, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({error: {code: 'log_unreadable'}});
  expect(status).toBe(1);
});

function written(text: string): string {
  const file = join(newFolder('gpudock-log-'), 'a.log');
  writeFileSync(file, text);
  return file;
}
