import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {chmod, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, type Run, type RunOptions, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

let lab: Lab;
let engine: Engine;
const folders: string[] = [];

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
});

afterAll(async () => {
  await Promise.all(folders.map(folder => rm(folder, {recursive: true, force: true})));
  await tidyUp();
});

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await makeProject(files);
  folders.push(folder);
  return folder;
}

/** Runs `gpudock notebook`, with a Ctrl-C at `interruptAt`; its temporary files go to a folder of its own. */
async function interrupted(folder: string, {interruptAt, env = {}}: RunOptions): Promise<Run> {
  const temporary = await folderWith({});
  const run = await gpudock(lab, ['notebook', folder, '--no-open'], {
    env: {...env, TMPDIR: temporary},
    ...(interruptAt === undefined ? {} : {interruptAt}),
  });
  expect(await readdir(temporary)).toEqual([]);
  return run;
}

const labelled = (folder: string) => ({filters: {label: [`gpudock.project=${folder}`]}});

async function nothingIsLeft(run: Run, folder: string): Promise<void> {
  expect(run.stderr).toMatch(/^Error: .* was stopped$/m);
  expect(run.exit).toBe(130);
  expect(await engine.docker.listContainers({all: true, ...labelled(folder)})).toEqual([]);
  expect(await engine.docker.listImages(labelled(folder))).toEqual([]);
}

test('Ctrl-C while the machine is looked at', async () => {
  const programs = await folderWith({});
  const started = join(programs, 'started');
  await writeFile(join(programs, 'nvidia-smi'), `#!/bin/sh\necho $$ > ${started}\nexec sleep 30\n`);
  await chmod(join(programs, 'nvidia-smi'), 0o755);
  const folder = await folderWith({'requirements.txt': 'packaging\n'});
  const asked = until(async () => (await readdir(programs)).includes('started'));
  const env = {PATH: `${programs}:${process.env.PATH}`};
  await nothingIsLeft(await interrupted(folder, {interruptAt: asked, env}), folder);
  const pid = (await readFile(started, 'utf8')).trim();
  await until(async () => !existsSync(`/proc/${pid}`));
});

test('Ctrl-C while the base image is pulled', async () => {
  const {server, address, layerAsked} = await slowRegistry();
  try {
    const folder = await folderWith({'requirements.txt': 'packaging\n', 'gpudock.yaml': `base: ${address}/slow:1\n`});
    await nothingIsLeft(await interrupted(folder, {interruptAt: layerAsked}), folder);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}, 120_000);

test('Ctrl-C during the build', async () => {
  const folder = await folderWith({'requirements.txt': 'packaging\n', 'apt.txt': 'cowsay\n'});
  await nothingIsLeft(await interrupted(folder, {interruptAt: /apt-get|resolv|builder/}), folder);
}, 600_000);

test('Ctrl-C while the notebook is waited for: the image stays, no container does', async () => {
  const folder = await folderWith({'requirements.txt': 'packaging\n'});
  ended(await gpudock(lab, ['build', folder]));
  const runs = async () => (await engine.docker.listContainers(labelled(folder))).length === 1;
  const run = await interrupted(folder, {interruptAt: until(runs)});
  expect(run.exit).toBe(130);
  expect(run.stdout).toBe('');
  expect(await engine.docker.listContainers({all: true, ...labelled(folder)})).toEqual([]);
  const images = await engine.docker.listImages(labelled(folder));
  expect(images).toHaveLength(1);
  await Promise.all(images.map(({Id}) => engine.docker.getImage(Id).remove({force: true})));
}, 600_000);

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

interface SlowRegistry {
  server: Server;
  address: string;
  /** Kept when the engine waits for the layer. */
  layerAsked: Promise<unknown>;
}

/** A registry with one image, `slow:1`, whose layer never comes. */
async function slowRegistry(): Promise<SlowRegistry> {
  const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const layer = digest('a layer that nobody ever gets');
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: {type: 'layers', diff_ids: [layer]},
  });
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: {mediaType: 'application/vnd.docker.container.image.v1+json', size: config.length, digest: digest(config)},
    layers: [{mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: 1_000_000, digest: layer}],
  });
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.includes('/manifests/')) {
      response.writeHead(200, {
        'content-type': type,
        'content-length': manifest.length,
        'docker-content-digest': digest(manifest),
      });
      response.end(request.method === 'HEAD' ? undefined : manifest);
    } else if (path.endsWith(digest(config))) response.end(config);
    else if (path.endsWith(layer)) server.emit('layer');
    else response.end();
  });
  const layerAsked = once(server, 'layer');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {server, address: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, layerAsked};
}
