import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {nodeOf, type Package, packed} from '../lab/packed.js';

const MB = 1e6;
/** A budget, not a wish: it is raised with a reason. */
const LARGEST = {size: 1.6 * MB, unpackedSize: 7 * MB};
const IMAGE = 'pytorch/pytorch:2.4.1-cuda12.4-cudnn9-runtime';
/** A machine that is described in the question, so that the answer does not hang on the one of the tests. */
const MACHINE = ['--for-driver', '580.65.06', '--for-gpu', 'RTX 4090'];

let made: Package;
let prefix: string;

/** Installed as a user does, into a place where nothing is. Nothing is fetched: the package needs no other. */
beforeAll(async () => {
  made = await packed();
  prefix = await mkdtemp(join(tmpdir(), 'gpudock-prefix-'));
  await promisify(execFile)('npm', ['install', '--global', '--offline', '--prefix', prefix, made.tarball]);
}, 120_000);

afterAll(async () => {
  for (const folder of [made.folder, prefix]) await rm(folder, {recursive: true, force: true});
});

test('it holds what runs and nothing else, within its budget', () => {
  const places = new Set(made.files.map(path => path.split('/')[0]));
  const expected = [
    'README.md',
    'bin',
    'compat-matrix',
    'dist',
    'oclif.manifest.json',
    'package.json',
    'schemas',
    'templates',
  ];
  expect([...places].filter(place => place !== 'LICENSE').sort()).toEqual(expected);
  expect(made.files.filter(path => /\.(?:ts|map|test\.js)$|meta\.json$|node_modules/.test(path))).toEqual([]);
  expect(made.size).toBeLessThan(LARGEST.size);
  expect(made.unpackedSize).toBeLessThan(LARGEST.unpackedSize);
});

test('it needs no other package, builds nothing native, and says what it holds', async () => {
  const installed = join(prefix, 'lib/node_modules/gpudock');
  expect(existsSync(join(installed, 'node_modules'))).toBe(false);
  const {dependencies, optionalDependencies, scripts} = JSON.parse(
    await readFile(join(installed, 'package.json'), 'utf8'),
  );
  expect([dependencies, optionalDependencies, scripts.install, scripts.postinstall]).toEqual(Array(4).fill(undefined));
  const {components} = JSON.parse(await readFile(join(installed, 'dist/sbom.json'), 'utf8')) as {
    components: {name: string; version: string}[];
  };
  const licenses = await readFile(join(installed, 'dist/licenses.txt'), 'utf8');
  expect(components.map(({name}) => name)).toEqual(expect.arrayContaining(['dockerode', 'inquirer', 'ssh2', 'zod']));
  expect(components.filter(({name, version}) => !licenses.includes(`${name} ${version} (`))).toEqual([]);
});

test.each([20, 22, 24])(
  'it runs on Node %d',
  async line => {
    const node = Number(process.versions.node.split('.')[0]) === line ? process.execPath : await nodeOf(line);
    const gpudock = async (...args: string[]) => {
      const program = join(prefix, 'bin/gpudock');
      const env = {
        PATH: '/usr/bin:/bin',
        HOME: prefix,
        DOCKER_HOST: 'unix:///nonexistent/docker.sock',
        // Of the user's own program, and none of gpudock's business.
        NODE_ENV: 'development',
      };
      const {stdout, stderr} = await promisify(execFile)(node, [program, ...args], {env});
      expect(stderr).toBe('');
      return stdout;
    };
    expect(await gpudock('--version')).toMatch(new RegExp(`^gpudock/\\d.* node-v${line}\\.`));
    expect(await gpudock('--help')).toMatch(/COMMANDS[\s\S]*notebook/);
    expect(await gpudock('check', '--offline', IMAGE, ...MACHINE)).toMatch(/: runs\n/);
    expect(await gpudock('match', 'pytorch>=2.4', ...MACHINE)).toMatch(/pytorch\/pytorch:2\.\S+ .* runs/);
    expect(await gpudock('host')).toMatch(/^System /);
    expect(await gpudock('__complete', 'matr')).toMatch(/^matrix\t/);
    // Compiled code is kept, where no other user can write.
    expect(existsSync(join(prefix, '.cache/gpudock/compiled'))).toBe(true);
  },
  120_000,
);
