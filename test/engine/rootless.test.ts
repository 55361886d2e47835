import {chmod, chown, mkdtemp, rm, stat} from 'node:fs/promises';
import {get} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import type {Host} from '../../src/contract/host.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import {engineAt, lendImage} from '../lab/lend.js';
import type {Lab} from '../lab/place.js';
import {type RootlessEngine, startRootless} from '../lab/rootless.js';

const USER = 1234;
const GROUP = 5000;
let folder: string;
let rootless: RootlessEngine;
/** The lab, with an engine that is the user's own. */
let own: Lab;

beforeAll(async () => {
  const lab = await readLab();
  folder = await makeProject({'requirements.txt': 'packaging\n'}, USER);
  const built = await gpudock(lab, ['build', folder, '--gpus', 'none', '--json']);
  rootless = await startRootless(USER);
  own = {...lab, host: rootless.host};
  await lendImage(await engineAt(lab.host), await engineAt(rootless.host), JSON.parse(ended(built).stdout).image);
}, 600_000);

afterAll(async () => {
  await rootless.end();
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
}, 60_000);

const user = (...words: string[]) => gpudock(own, words, {uid: USER});
const run = (...words: string[]) => user('run', '-C', folder, '--gpus', 'none', ...words);

test('files on the host belong to the caller, who is root inside, with a home and a cache', async () => {
  const script = 'touch made; id -u; whoami; touch ~/x ~/.cache/y && echo works';
  expect(ended(await run('sh', '-c', script)).stdout).toBe('0\nroot\nworks\n');
  expect(await stat(join(folder, 'made'))).toMatchObject({uid: USER, gid: USER});
}, 60_000);

test('a limit that this engine has no means for is not passed over in silence', async () => {
  const done = ended(await run('--memory', '64MiB', 'sh', '-c', 'sleep 3'));
  expect(done.stderr).toMatch(/the limit of memory does not hold inside/);
}, 60_000);

test('data that only a group of the caller may read: the reason, for the engine drops the group', async () => {
  const data = await mkdtemp(join(tmpdir(), 'gpudock-shared-'));
  await chown(data, 0, GROUP);
  await chmod(data, 0o750);
  const words = ['run', '-C', folder, '--gpus', 'none', '--data', `${data}:ro`, 'sh', '-c', 'sleep 3; ls /data/*'];
  const done = await gpudock(own, words, {uid: USER, groups: [USER, GROUP]});
  expect(done).toMatchObject({exit: 2, stderr: expect.stringMatching(/may not read \/data\/.*your other groups/)});
  await rm(data, {recursive: true});
}, 60_000);

test('the doctor says that limits do nothing on this engine', async () => {
  const {stdout} = await user('doctor', '--json');
  const {engine, findings} = JSON.parse(stdout) as Host;
  expect(engine).toMatchObject({rootless: true, cgroupDriver: 'none'});
  expect(findings.map(({id}) => id)).toContain('rootless_without_limits');
}, 60_000);

test('a notebook answers at its link', async () => {
  const {url, name} = JSON.parse(ended(await user('notebook', folder, '--gpus', 'none', '--no-open', '--json')).stdout);
  const status = await new Promise(done => get(url, answer => done(answer.resume().statusCode)));
  expect(status).toBe(200);
  ended(await user('rm', '--force', name));
}, 120_000);

test('what another user inside left is found and given back', async () => {
  ended(await run('sh', '-c', 'mkdir left; touch left/file; chown -R 33:33 left'));
  expect((await stat(join(folder, 'left/file'))).uid).not.toBe(USER);
  const mended = ended(await user('fix-perms', folder, '--yes'));
  expect(mended.stderr).toMatch(/2 files in .* belong to another user of the engine:(?:.|\n)*They belong to you now/);
  for (const path of ['left', 'left/file'])
    expect(await stat(join(folder, path))).toMatchObject({uid: USER, gid: USER});
}, 60_000);
