import {rm} from 'node:fs/promises';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {planBuild} from '../../src/dockerfile/plan.js';
import {build} from '../../src/engine/build.js';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {NO_ACCESS} from '../../src/environment/access.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {project} from '../unit/environment/memory.js';

let lab: Lab;
let engine: Engine;
let folder: string;

/** An image of gpudock's that takes no time: its label and nothing else. */
async function smallImage(content: string): Promise<string> {
  const base = {
    kind: 'custom' as const,
    image: 'scratch',
    builder: 'scratch',
    framework: null,
    gpu: false,
    python: null,
    why: '',
  };
  const plan = planBuild({
    project: project({dir: folder, name: 'prune-test'}),
    base,
    packages: 'index',
    gpu: false,
    templates: {Dockerfile: content},
    architectures: [],
    gpuNames: [],
    secrets: [],
  });
  const quiet = {
    index: null,
    aptMirror: null,
    pytorchMirror: null,
    condaMirror: null,
    extraIndexes: [],
    trustedHosts: [],
    proxies: {},
    certificates: null,
    extraCertificates: false,
  };
  await build(engine, plan, {
    builder: {kind: 'buildx', program: lab.buildx},
    network: quiet,
    access: NO_ACCESS,
    signal: new AbortController().signal,
    onEvent: () => {},
    output: null,
  });
  return plan.tag;
}

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  folder = await makeProject({});
});
afterAll(async () => {
  await gpudock(lab, ['prune', folder, '--keep', '0', '--yes']);
  await rm(folder, {recursive: true, force: true});
});

const listed = async (): Promise<string[]> => {
  const {images} = JSON.parse(ended(await gpudock(lab, ['images', '--json'])).stdout);
  return images
    .filter((image: {project: string}) => image.project === folder)
    .flatMap((image: {tags: string[]}) => image.tags);
};

test('shows what would go, removes it with --yes, and never what a container was made from', async () => {
  const first = await smallImage('FROM scratch\nENV A=1\n');
  const second = await smallImage('FROM scratch\nENV A=2\n');
  expect((await listed()).sort()).toEqual([first, second].sort());

  await smallImage('FROM scratch\nENV A=1\n');
  expect((await listed())[0]).toBe(first);
  await smallImage('FROM scratch\nENV A=2\n');

  const container = await engine.docker.createContainer({
    Image: first,
    Cmd: ['none'],
    Labels: {'gpudock.test': 'prune'},
  });
  const used = ended(await gpudock(lab, ['prune', folder, '--keep', '0', '--json']));
  expect(JSON.parse(used.stdout)).toMatchObject({removed: false, images: [second]});
  await container.remove();

  const {stderr} = ended(await gpudock(lab, ['prune', folder]));
  expect(stderr).toContain(`would remove ${first}`);
  expect(stderr).toContain(`to free with: gpudock prune ${folder} --yes`);
  expect(await listed()).toHaveLength(2);
  ended(await gpudock(lab, ['prune', folder, '--yes']));
  expect(await listed()).toEqual([second]);
}, 120_000);
