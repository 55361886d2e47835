import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {copyFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder} from '../../src/engine/private/paths.js';
import {programEnv} from '../../src/engine/private/program-env.js';
import {liveWorld} from '../../src/world/live.js';
import type {Lab} from './place.js';

/** Podman's service, with its own store, and what a client of it needs in its environment. */
export interface PodmanEngine {
  engine: Engine;
  env: Record<string, string | undefined>;
  end(): Promise<void>;
}

const PACKAGES = ['podman', 'conmon', 'runc', 'netavark'];

/** Starts the distribution's Podman, unpacked beside the machine's programs, as root; it pulls from the lab's registry. */
export async function startPodman(lab: Lab): Promise<PodmanEngine> {
  const world = liveWorld(engineGetter);
  const packages = packagesFolder(world.env, 'podman');
  const set = {packages: PACKAGES, fromSuite: [], suite: null, folder: packages};
  await unpackPackages(world, set, {say: () => {}, signal: new AbortController().signal});
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-podman-'));
  const own = await furnish(folder, packages, lab.registry);
  const env: Record<string, string | undefined> = {...(await programEnv(world, packages)), ...own};
  const address = `unix://${join(folder, 'podman.sock')}`;
  const service = spawn('podman', ['system', 'service', '--time=0', address], {env, stdio: 'ignore', detached: true});
  const ended = once(service, 'exit');
  const end = async (): Promise<void> => {
    service.kill();
    await ended;
    // Its storage is a mount, which the service leaves behind.
    await promisify(execFile)('umount', ['--lazy', join(folder, 'graph/overlay')]).catch(() => {});
    await rm(folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 100});
  };
  const client = {...env, HOME: world.env.HOME, DOCKER_HOST: address};
  for (let waited = 0; waited < 30_000 && service.exitCode === null; waited += 100) {
    const engine = await connect({...world, env: client}).catch(() => null);
    if (engine !== null) return {engine, env: client, end};
    await sleep(100);
  }
  await end();
  throw new Error("Podman's service did not start");
}

/** Podman reads these files from the machine unless it is told others. */
async function furnish(folder: string, packages: string, registry: string): Promise<Record<string, string>> {
  const policy = join(folder, 'home/.config/containers');
  await mkdir(policy, {recursive: true});
  await copyFile(join(packages, 'etc/containers/policy.json'), join(policy, 'policy.json'));
  const files = {
    'containers.conf': `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_path = ["${packages}/usr/bin/conmon"]
helper_binaries_dir = ["${packages}/usr/lib/podman"]
[engine.runtimes]
runc = ["${packages}/usr/sbin/runc"]
`,
    'registries.conf': `unqualified-search-registries = ["docker.io"]
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "${registry}"
insecure = true
`,
    'storage.conf': `[storage]
driver = "overlay"
graphroot = "${folder}/graph"
runroot = "${folder}/run"
`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return {
    HOME: join(folder, 'home'),
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
  };
}
