import {rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import {engineAt, lendImage} from '../lab/lend.js';
import type {Lab} from '../lab/place.js';
import type {RootlessEngine} from '../lab/rootless.js';
import {startRootlessPodman} from '../lab/rootless-podman.js';

const USER = 1234;
let folder: string;
let podman: RootlessEngine;
/** The lab, with an engine that is the user's own Podman. */
let own: Lab;

beforeAll(async () => {
  const lab = await readLab();
  folder = await makeProject({'requirements.txt': 'packaging\n'}, USER);
  const built = await gpudock(lab, ['build', folder, '--gpus', 'none', '--json']);
  podman = await startRootlessPodman(USER);
  own = {...lab, host: podman.host};
  await lendImage(await engineAt(lab.host), await engineAt(podman.host), JSON.parse(ended(built).stdout).image);
}, 600_000);

afterAll(async () => {
  await podman.end();
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
}, 120_000);

const user = (...words: string[]) => gpudock(own, words, {uid: USER});

test('files on the host belong to the caller, who keeps the number and has a name, a home and a cache', async () => {
  const script = 'touch made; id -u; whoami > /dev/null && touch ~/x ~/.cache/y && echo works; exit 6';
  const run = await user('run', '-C', folder, '--gpus', 'none', 'sh', '-c', script);
  expect(run).toMatchObject({exit: 6, stdout: `${USER}\nworks\n`});
  expect(await stat(join(folder, 'made'))).toMatchObject({uid: USER, gid: USER});
}, 300_000);

test('a notebook answers at its link; its image and its cache are listed with it', async () => {
  const started = await user('notebook', folder, '--gpus', 'none', '--no-open', '--json');
  const {url, name} = JSON.parse(ended(started).stdout);
  expect((await fetch(url)).status).toBe(200);
  expect(JSON.parse(ended(await user('images', '--json')).stdout).images).toEqual([
    expect.objectContaining({project: folder, containers: [name]}),
  ]);
  expect(JSON.parse(ended(await user('volumes', '--json')).stdout).volumes).toEqual([
    expect.objectContaining({name: 'gpudock-cache', containers: [name]}),
  ]);
  expect(await user('exec', name, 'sh', '-c', 'id -u; exit 3')).toMatchObject({exit: 3, stdout: `${USER}\n`});
  expect(ended(await user('logs', name)).stdout).toMatch(/ServerApp/);
  ended(await user('stop', name));
  ended(await user('rm', name));
}, 300_000);
