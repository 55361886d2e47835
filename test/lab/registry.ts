import {spawn} from 'node:child_process';
import {mkdir, open, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Progress, unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder} from '../../src/engine/private/paths.js';
import {programEnv} from '../../src/engine/private/program-env.js';
import type {World} from '../../src/world/world.js';

const START_LIMIT = 20_000;

/** Starts Debian's docker-registry on a port of 127.0.0.1 unless it answers at `before` already; returns `host:port`. */
export async function startRegistry(
  world: World,
  folder: string,
  before: string | null,
  progress: Progress,
): Promise<string> {
  if (before !== null && (await runningPid(folder)) !== null && (await answers(before))) return before;
  await stopRegistry(folder);
  const root = packagesFolder(world.env, 'docker-registry');
  await unpackPackages(world, {packages: ['docker-registry'], fromSuite: [], suite: null, folder: root}, progress);
  const address = `127.0.0.1:${await freePort()}`;
  await mkdir(folder, {recursive: true});
  await writeFile(settingsFile(folder), settings(folder, address));
  const log = await open(join(folder, 'registry.log'), 'w');
  const child = spawn('docker-registry', ['serve', settingsFile(folder)], {
    env: {...(await programEnv(world, root))},
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.on('error', () => {});
  child.unref();
  await log.close();
  await writeFile(pidFile(folder), String(child.pid ?? ''));
  for (const end = Date.now() + START_LIMIT; Date.now() < end; await sleep(50))
    if (await answers(address)) return address;
  throw new Error(`the registry does not answer; see ${join(folder, 'registry.log')}`);
}

/** False: none ran. */
export async function stopRegistry(folder: string): Promise<boolean> {
  const pid = await runningPid(folder);
  if (pid !== null) process.kill(pid, 'SIGTERM');
  await rm(pidFile(folder), {force: true});
  return pid !== null;
}

/** Whether the registry holds `repository:tag`. */
export async function holds(registry: string, repository: string, tag: string): Promise<boolean> {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json';
  const response = await fetch(`http://${registry}/v2/${repository}/manifests/${tag}`, {headers: {accept}});
  await response.body?.cancel();
  return response.status === 200;
}

const settingsFile = (folder: string): string => join(folder, 'registry.yml');
const pidFile = (folder: string): string => join(folder, 'registry.pid');

const settings = (folder: string, address: string): string => `version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: ${JSON.stringify(join(folder, 'registry'))}}
  delete: {enabled: true}
http: {addr: "${address}"}
`;

async function runningPid(folder: string): Promise<number | null> {
  const pid = Number(await readFile(pidFile(folder), 'utf8').catch(() => ''));
  if (pid === 0) return null;
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.split('\0').includes(settingsFile(folder)) ? pid : null;
}

const answers = (address: string): Promise<boolean> =>
  fetch(`http://${address}/v2/`, {signal: AbortSignal.timeout(2_000)}).then(
    response => response.status === 200,
    () => false,
  );

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
