import {cp, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {Setup, SetupPack, SetupUndo} from '../../src/contract/setup.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {type BareHost, bareHost, LOGIN, lendArchive, SHARED_NETWORK} from '../lab/bare-host.js';
import {ended, type Run, readLab} from '../lab/gpudock.js';
import {cdiSpecification, STAND_IN} from '../lab/stand-in-gpu.js';

const world = liveWorld(engineGetter);
const MINUTE = 60_000;
const MIRROR = 'https://mirror.example.com/';

let bare: BareHost;

beforeAll(async () => {
  bare = await bareHost(world, {network: true});
}, 5 * MINUTE);

afterAll(() => bare.remove(), MINUTE);

const document = (run: Run): Setup => Setup.parse(JSON.parse(run.stdout));
const states = ({groups}: Setup): object => Object.fromEntries(groups.map(({id, state}) => [id, state]));
const outcomes = ({groups}: Setup): object => Object.fromEntries(groups.map(({id, outcome}) => [id, outcome]));
const config = async (): Promise<unknown> =>
  JSON.parse(await readFile(join(bare.root, 'etc/docker/daemon.json'), 'utf8'));
const docker = async (...args: string[]): Promise<string> => ended(await bare.run(['docker', ...args])).stdout.trim();

/** Everything below /etc and all that dpkg knows. */
async function everything(): Promise<string> {
  const files = ended(await bare.run(['find', '/etc', '/var/lib/dpkg/status', '/root', '-printf', '%p %s %T@\n']));
  return files.stdout;
}

describe('a bare Debian', () => {
  test('is told what is missing, and stays as it is', async () => {
    const before = await everything();
    const check = await bare.gpudock(['setup', '--check', '--json']);
    expect(check.exit).toBe(1);
    expect(states(document(check))).toEqual({engine: 'needed', access: 'done', toolkit: 'done', gpu: 'done'});
    const dry = ended(await bare.gpudock(['setup', '--dry-run']));
    expect(dry.stdout).toMatch(/apt-get install .* docker\.io docker-buildx/);
    expect(await everything()).toBe(before);
  });

  test('gets the same plan from its capture', async () => {
    ended(await bare.gpudock(['host', '--capture', '/tmp/capture']));
    const {groups} = document(await bare.gpudock(['setup', '--dry-run', '--from', '/tmp/capture', '--json']));
    expect(groups).toEqual(document(await bare.gpudock(['setup', '--dry-run', '--json'])).groups);
  });

  test('is not changed without consent', async () => {
    const run = await bare.gpudock(['setup', '--json']);
    expect(run.exit).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({error: {code: 'consent_missing'}});
  });

  test.each([
    ['Enter, which means no', '\r', 0, /left out/, 'xterm'],
    ['Ctrl-C', '\x03', 130, /was stopped/, 'xterm'],
    ['Enter where the screen is read out', '\r', 0, /\(y\/N\): [\s\S]*left out/, 'dumb'],
    ['Ctrl-C there', '\x03', 130, /was stopped/, 'dumb'],
  ])('is not changed by %s', async (_, keys, exit, says, term) => {
    const before = await everything();
    const run = await bare.atTerminal('setup', {at: /Do this/, keys}, term);
    expect(run.exit).toBe(exit);
    expect(run.stdout).toMatch(says);
    expect(await everything()).toBe(before);
  });

  test(
    'has an engine that runs and builds afterwards, with the settings that were there',
    async () => {
      const done = document(ended(await bare.gpudock(['setup', '--yes', '--json'])));
      expect(outcomes(done)).toEqual({engine: 'carried-out', access: null, toolkit: null, gpu: null});
      expect(await docker('version', '--format', '{{.Server.Version}}')).toMatch(/^26\./);
      expect(await docker('buildx', 'version')).toContain('buildx');
      expect(await config()).toEqual(SHARED_NETWORK);
    },
    5 * MINUTE,
  );

  test('lacks nothing then, and a second run does nothing', async () => {
    expect((await bare.gpudock(['setup', '--check'])).exit).toBe(0);
    const again = document(ended(await bare.gpudock(['setup', '--yes', '--json'])));
    expect(Object.values(outcomes(again))).toEqual([null, null, null, null]);
  });

  test(
    'runs a container of an image',
    async () => {
      const archive = await lendArchive(world, bare);
      await docker('import', archive, 'gpudock-test:bare');
      expect(await docker('run', '--rm', '--network=none', 'gpudock-test:bare', 'cat', '/etc/debian_version')).toMatch(
        /^13/,
      );
    },
    2 * MINUTE,
  );
});

test(
  'a login joins the group docker by sudo, and --undo takes it out',
  async () => {
    const check = document(await bare.gpudock(['setup', '--check', '--json'], {asLogin: true}));
    expect(states(check)).toMatchObject({engine: 'done', access: 'needed'});
    ended(await bare.gpudock(['setup', '--yes'], {asLogin: true}));
    expect((await bare.run(['id', '-nG', LOGIN.name])).stdout).toMatch(/\bdocker\b/);
    expect((await bare.gpudock(['setup', '--check'], {asLogin: true})).exit).toBe(0);
    ended(await bare.gpudock(['setup', '--undo', '--yes'], {asLogin: true}));
    expect((await bare.run(['id', '-nG', LOGIN.name])).stdout).not.toMatch(/\bdocker\b/);
  },
  MINUTE,
);

describe('where a stand-in GPU appears', () => {
  beforeAll(async () => {
    const {gpuFolder} = await readLab();
    await cp(join(gpuFolder, 'nvidia-smi'), join(bare.root, 'usr/bin/nvidia-smi'));
    await makeToolkit(bare);
  });

  test(
    'the toolkit comes from a folder, Docker is told of it, and hands the GPU over by CDI',
    async () => {
      const done = document(ended(await bare.gpudock(['setup', '--yes', '--json', '--packages', '/packages'])));
      expect(outcomes(done)).toMatchObject({engine: null, toolkit: 'carried-out', gpu: 'carried-out'});
      expect(await config()).toMatchObject({...SHARED_NETWORK, features: {cdi: true}, runtimes: {nvidia: {}}});
      const variable = await docker(
        ...['run', '--rm', '--network=none', '--device', 'nvidia.com/gpu=1', 'gpudock-test:bare'],
        ...['printenv', STAND_IN.variable],
      );
      expect(variable).toBe('1');
      expect((await bare.gpudock(['setup', '--check'])).exit).toBe(0);
    },
    2 * MINUTE,
  );

  test(
    '--undo puts back daemon.json and the specification, and Docker reads them again',
    async () => {
      const undone = SetupUndo.parse(
        JSON.parse(ended(await bare.gpudock(['setup', '--undo', '--yes', '--json'])).stdout),
      );
      expect(undone.left).toEqual([]);
      expect(await config()).toEqual(SHARED_NETWORK);
      expect(await readdir(join(bare.root, 'etc/cdi'))).toEqual([]);
      expect(await docker('info', '--format', '{{json .Runtimes}}')).not.toContain('nvidia');
    },
    MINUTE,
  );
});

describe('images', () => {
  const move = ['setup', '--yes', '--data-root', '/data/docker', '--mirror', MIRROR];
  const root = (): Promise<string> => docker('info', '--format', '{{.DockerRootDir}}');

  beforeAll(() => rm(join(bare.root, 'usr/bin/nvidia-smi')));

  test(
    'stay where they are when the new place is too small, and Docker works on',
    async () => {
      await mkdir(join(bare.root, 'small'));
      ended(await bare.outside(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', join(bare.root, 'small')]));
      const run = await bare.gpudock(['setup', '--yes', '--json', '--data-root', '/small/docker']);
      expect(run.exit).toBe(1);
      expect(JSON.parse(run.stdout)).toMatchObject({error: {code: 'setup_step_failed'}});
      expect(await root()).toBe('/var/lib/docker');
      expect((await bare.run(['ls', '/small'])).stdout).toBe('');
      expect(await config()).toEqual(SHARED_NETWORK);
    },
    2 * MINUTE,
  );

  test(
    'stay where they are after Ctrl-C during the copy',
    async () => {
      const run = await bare.gpudock(move, {interruptAt: /copies \/var\/lib\/docker,.* …/});
      expect(run.exit).toBe(130);
      expect(await root()).toBe('/var/lib/docker');
      expect((await bare.run(['ls', '/data'])).stdout).toBe('');
    },
    2 * MINUTE,
  );

  test(
    'move to another folder with all their layers; the old one stays',
    async () => {
      const before = await docker('images', '--no-trunc', '--quiet');
      ended(await bare.gpudock(move));
      expect(await root()).toBe('/data/docker');
      expect(await docker('images', '--no-trunc', '--quiet')).toBe(before);
      expect(await docker('run', '--rm', '--network=none', 'gpudock-test:bare', 'echo', 'there')).toBe('there');
      expect(await config()).toEqual({...SHARED_NETWORK, 'registry-mirrors': [MIRROR], 'data-root': '/data/docker'});
      expect(await docker('info', '--format', '{{json .RegistryConfig.Mirrors}}')).toContain(MIRROR);
      expect(await readdir(join(bare.root, 'var/lib/docker'))).toContain('overlay2');
    },
    2 * MINUTE,
  );

  test('--undo leaves alone what was changed since', async () => {
    const path = join(bare.root, 'etc/docker/daemon.json');
    const ours = await readFile(path, 'utf8');
    await writeFile(path, JSON.stringify({...JSON.parse(ours), debug: true}));
    const dry = SetupUndo.parse(JSON.parse((await bare.gpudock(['setup', '--undo', '--dry-run', '--json'])).stdout));
    expect(dry).toMatchObject({
      undone: [],
      left: [{path: '/etc/docker/daemon.json'}, {path: '/etc/docker/daemon.json'}],
    });
    await writeFile(path, ours);
  });

  test(
    '--undo brings them back',
    async () => {
      ended(await bare.gpudock(['setup', '--undo', '--yes']));
      expect(await root()).toBe('/var/lib/docker');
      expect(await config()).toEqual(SHARED_NETWORK);
      expect(await docker('images', '--quiet', 'gpudock-test:bare')).not.toBe('');
    },
    MINUTE,
  );
});

test(
  'a bundle is there whole or not at all',
  async () => {
    const run = await bare.gpudock(['setup', '--pack', '/half.tar'], {interruptAt: /downloads \d+/});
    expect([run.exit, run.stderr]).toEqual([130, expect.stringMatching(/was stopped/)]);
    const left = [...(await readdir(bare.root)), ...(await readdir(join(bare.root, 'root/.cache/gpudock')))];
    expect(left.filter(name => /^(?:half|pack-)/.test(name))).toEqual([]);
  },
  MINUTE,
);

test(
  'without a network an engine comes from a bundle that a machine with one has packed',
  async () => {
    const packed = SetupPack.parse(
      JSON.parse(ended(await bare.gpudock(['setup', '--pack', '/engine.tar', '--json'])).stdout),
    );
    expect(packed.files).toEqual(expect.arrayContaining([expect.stringMatching(/^docker-buildx_/)]));
    const offline = await bareHost(world, {network: false});
    try {
      await cp(join(bare.root, 'engine.tar'), join(offline.root, 'engine.tar'));
      const done = document(ended(await offline.gpudock(['setup', '--yes', '--json', '--packages', '/engine.tar'])));
      expect(await readdir(join(offline.root, 'root/.cache/gpudock'))).not.toContain('setup-packages');
      expect(outcomes(done)).toMatchObject({engine: 'carried-out'});
      expect(ended(await offline.run(['docker', 'version', '--format', '{{.Server.Version}}'])).stdout).toMatch(
        /^26\./,
      );
    } finally {
      await offline.remove();
    }
  },
  3 * MINUTE,
);

/** A package in the place of NVIDIA's: its nvidia-ctk answers what setup asks, and writes a stand-in specification. */
async function makeToolkit({root, run}: BareHost): Promise<void> {
  const folder = join(root, 'packages/build');
  await mkdir(join(folder, 'DEBIAN'), {recursive: true});
  await mkdir(join(folder, 'usr/bin'), {recursive: true});
  const fields = {Package: 'nvidia-container-toolkit', Version: '1.18.0-0', Architecture: 'all', Maintainer: 'none'};
  const control = Object.entries({...fields, Description: 'a stand-in for tests'}).map(
    ([key, value]) => `${key}: ${value}`,
  );
  await writeFile(join(folder, 'DEBIAN/control'), `${control.join('\n')}\n`);
  const specification = JSON.stringify(cdiSpecification('/usr/bin/nvidia-smi'));
  await writeFile(join(folder, 'usr/bin/nvidia-ctk'), standInCtk(specification), {mode: 0o755});
  await writeFile(join(folder, 'usr/bin/nvidia-container-runtime'), '#!/bin/sh\nexec runc "$@"\n', {mode: 0o755});
  ended(await run(['dpkg-deb', '--build', '/packages/build', '/packages/nvidia-container-toolkit_1.18.0-0_all.deb']));
}

const standInCtk = (specification: string): string => `#!/usr/local/bin/node
const {existsSync, mkdirSync, readFileSync, writeFileSync} = require('node:fs');
const {dirname} = require('node:path');
const words = process.argv.slice(2);
const line = words.join(' ');
const CONFIG = '/etc/docker/daemon.json';
if (line === '--version') console.log('NVIDIA Container Toolkit CLI version 1.18.0');
else if (line.startsWith('runtime configure --runtime=docker')) {
  const config = existsSync(CONFIG) ? JSON.parse(readFileSync(CONFIG, 'utf8')) : {};
  config.runtimes = {nvidia: {args: [], path: 'nvidia-container-runtime'}};
  if (words.includes('--cdi.enabled')) config.features = {cdi: true};
  writeFileSync(CONFIG, JSON.stringify(config));
} else if (line.startsWith('cdi generate --output=')) {
  const path = words[2].slice('--output='.length);
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, ${JSON.stringify(specification)});
} else if (line === 'cdi list') {
  if (['/etc/cdi', '/var/run/cdi'].some(folder => existsSync(folder + '/nvidia.yaml'))) console.log('nvidia.com/gpu=0');
} else process.exit(64);
`;
