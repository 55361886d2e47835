import {execFileSync} from 'node:child_process';
import {chmod, mkdir, mkdtemp, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import type {Engine} from '../../src/engine/connect.js';
import {daemonHost} from '../../src/engine/private/daemon-files.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import {engineAt, lendImage} from '../lab/lend.js';
import type {Lab} from '../lab/place.js';

let folder: string;
let place: string;
let project: string;
/** The lab, with an engine that remaps users. */
let remapped: Lab;
let engine: Engine;

const TSX = 'node_modules/tsx/dist/cli.mjs';
const daemon = (what: 'up' | 'down', before: string): void => {
  const command = `${before} exec "$1" ${TSX} test/lab/remapped.ts ${what} "$2/engine"`;
  execFileSync('unshare', ['-m', 'sh', '-c', command, 'sh', process.execPath, place], {stdio: 'inherit'});
};
/** Numbers for the user that containers are remapped to, in this mount namespace alone. */
const NUMBERS = 'for file in subuid subgid; do mount --bind "$2/numbers" /etc/$file; done;';

beforeAll(async () => {
  const lab = await readLab();
  place = await mkdtemp(join(tmpdir(), 'gpudock-remap-'));
  await chmod(place, 0o755);
  await mkdir(join(place, 'engine'));
  await writeFile(join(place, 'numbers'), 'games:300000:65536\n');
  folder = await makeProject({'requirements.txt': 'packaging\n'}, 1234);
  project = JSON.parse(ended(await gpudock(lab, ['build', folder, '--gpus', 'none', '--json'])).stdout).image;
  daemon('up', NUMBERS);
  remapped = {...lab, host: daemonHost(join(place, 'engine'))};
  engine = await engineAt(remapped.host);
  await lendImage(await engineAt(lab.host), engine, project);
}, 600_000);

afterAll(async () => {
  daemon('down', '');
  await Promise.all([place, folder].map(path => rm(path, {recursive: true, force: true})));
  await tidyUp();
}, 60_000);

const run = (...words: string[]) => gpudock(remapped, ['run', '-C', folder, '--gpus', 'none', ...words], {uid: 1234});

test('the engine does remap: a plain container may not write in the folder', async () => {
  const plain = await engine.docker.createContainer({
    Image: project,
    Cmd: ['touch', '/workspace/plain'],
    User: '1234:1234',
    HostConfig: {Binds: [`${folder}:/workspace`]},
  });
  await plain.start();
  expect(((await plain.wait()) as {StatusCode: number}).StatusCode).not.toBe(0);
  await plain.remove();
});

test('files on the host belong to the caller, who has a name, a home and a cache', async () => {
  const script = 'touch made; id -u; whoami > /dev/null && touch ~/x ~/.cache/y && echo works';
  expect(ended(await run('sh', '-c', script)).stdout).toBe('1234\nworks\n');
  expect(await stat(join(folder, 'made'))).toMatchObject({uid: 1234, gid: 1234});
}, 60_000);

test('the plan says why', async () => {
  const plan = JSON.parse(ended(await run('--dry-run', '--json', 'true')).stdout);
  expect(plan.container.HostConfig.UsernsMode).toBe('host');
  expect(plan.decisions).toContainEqual(
    expect.objectContaining({setting: 'user', why: expect.stringMatching(/remaps users; this container does not/)}),
  );
}, 60_000);
