import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from '@jest/globals';
import type {Host} from '../../../src/contract/host.js';
import {captureWorld} from '../../../src/host/capture.js';
import {probe} from '../../../src/host/probe.js';
import {liveWorld} from '../../../src/world/live.js';
import type {World} from '../../../src/world/world.js';
import {bytesOf, layOut, newFolder, placesOf, recordings, testEach} from './layout.js';
import {GPU_XML, TABLE} from './samples.js';

const noEngine = (): World['engine'] => async () => ({status: 'not-found', detail: 'none in this test'});
const PATH = process.env.PATH;
afterEach(() => {
  process.env.PATH = PATH;
});

/** This machine, with an nvidia-smi of ours first on its PATH. */
function withSmi(script: string): World {
  const folder = newFolder('gpudock-smi-');
  writeFileSync(join(folder, 'table'), TABLE);
  writeFileSync(join(folder, 'xml'), GPU_XML);
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\ncd ${folder}\n${script}\n`);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  process.env.PATH = `${folder}:${PATH}`;
  return liveWorld(noEngine);
}

const ANSWERS = 'case "$*" in "-q -x") cat xml;; "") cat table;; *) exit 2;; esac';

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await work(), performance.now() - start];
}

describe('probe', () => {
  test('all sources run side by side: 1.2 times the slowest', async () => {
    const world = withSmi(`sleep 2; ${ANSWERS}`);
    const [, alone] = await timed(() => world.run({program: 'nvidia-smi', args: ['-q', '-x']}));
    const [host, whole] = await timed(() => probe(world));
    expect(host.driver).toMatchObject({
      status: 'ok',
      version: '580.95.05',
      cudaVersion: '13.0',
      source: 'nvidia-smi -q -x',
    });
    expect(host.gpus).toHaveLength(1);
    expect(whole).toBeLessThan(1.2 * alone);
  });

  test('a GPU that hangs does not hold it: it ends within five seconds, and says so', async () => {
    // The program ignores a polite end, and its child keeps the pipes open.
    const world = withSmi('trap "" TERM; sleep 8');
    // Five seconds by the same clock, on the same busy machine.
    const [[host, took], [, waited]] = await Promise.all([
      timed(() => probe(world)),
      timed(() => world.run({program: 'sleep', args: ['5'], timeout: 10_000})),
    ]);
    expect(took).toBeLessThan(waited);
    expect(host.findings.map(({id}) => id)).toContain('nvidia_smi_timeout');
    expect(host.driver.status).toBe('unknown');
    expect(host.os.platform).toBe('linux');
  });

  test('one slow form of the report leaves the others', async () => {
    const world = withSmi('case "$*" in "-q -x") sleep 8;; "") cat table;; *) exit 2;; esac');
    const host = await probe(world, {timeLimit: 1_000});
    expect(host.driver).toMatchObject({version: '580.95.05', source: 'nvidia-smi'});
    expect(host.gpus?.[0]).toMatchObject({
      name: 'NVIDIA L40S',
      memoryMiB: 46_068,
      sources: expect.arrayContaining(['nvidia-smi']),
    });
  });

  test('a world where everything throws still has a host', async () => {
    const broken = new Proxy(liveWorld(noEngine), {
      get: (target, key) =>
        ['run', 'read', 'list', 'stat', 'engine', 'system'].includes(String(key))
          ? () => Promise.reject(new Error('broken'))
          : Reflect.get(target, key),
    });
    const host = await probe(broken);
    expect(host).toMatchObject({driver: {status: 'unknown'}, gpus: null, findings: []});
  });

  test('overrides come first, and are always named as such', async () => {
    const env = {GPUDOCK_DRIVER: '535.104.05', GPUDOCK_GPU: 'NVIDIA GeForce RTX 4090, Tesla T4'};
    const host = await probe({...withSmi(ANSWERS), env});
    expect(host.driver).toMatchObject({
      version: '535.104.05',
      source: 'overridden by GPUDOCK_DRIVER',
      // not the 13.0 of the driver that runs
      cudaVersion: null,
      cudaVersionDerived: '12.2',
    });
    expect(host.gpus?.map(({name, computeCapability}) => [name, computeCapability])).toEqual([
      ['NVIDIA GeForce RTX 4090', '8.9'],
      ['Tesla T4', '7.5'],
    ]);
    expect(host.sources.gpus).toBe('overridden by GPUDOCK_GPU');
  });

  test.each([
    ['GPUDOCK_CUDA', {GPUDOCK_CUDA: '12.4'}, {cudaVersion: '12.4', version: '580.95.05'}],
    ['a value that is no version', {GPUDOCK_DRIVER: 'latest'}, {version: '580.95.05', cudaVersion: '13.0'}],
  ])('override: %s', async (_, env, driver) => {
    expect((await probe({...withSmi(ANSWERS), env})).driver).toMatchObject(driver);
  });

  const PARTS = ['os', 'driver', 'cudaToolkit', 'engine', 'toolkit', 'resources', 'user'] as const;
  const unsourced = (host: Host): string[] =>
    [...PARTS.flatMap(part => leaves(part, host[part])), ...leaves('engine.gpuAccess', host.engine.gpuAccess)].filter(
      path => !(path in host.sources),
    );
  const leaves = (part: string, facts: object): string[] =>
    Object.entries(facts)
      .filter(([key, value]) => value !== null && value !== 'unknown' && !['source', 'gpuAccess'].includes(key))
      .map(([key]) => `${part}.${key}`);

  test('this machine: each fact that is known says where from', async () => {
    const host = await probe(withSmi(ANSWERS));
    expect(unsourced(host)).toEqual([]);
    expect(host.sources['driver.status']).toBe('nvidia-smi -q -x');
  });

  testEach('each fact that is known says where from: %s', recordings(), async recording => {
    const host = await probe(captureWorld(layOut(placesOf(recording, bytesOf(recording)))));
    expect(unsourced(host)).toEqual([]);
  });

  test('this machine: every source is one that the probe names', async () => {
    const host = await probe(liveWorld(noEngine));
    expect(host.os).toMatchObject({platform: process.platform, arch: process.arch});
    expect(host.resources.cpus).toBeGreaterThan(0);
    expect(host.user.uid).toBe(process.getuid?.());
    expect(host.sources['resources.memoryMiB']).toBe('system');
  });
});
