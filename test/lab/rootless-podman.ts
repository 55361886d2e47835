import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFile, chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {packagesFolder, privateRoot} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';
import {unpackedProgram} from './programs.js';
import type {RootlessEngine} from './rootless.js';

const NAME = 'podman-rootless';
const PACKAGES = ['podman', 'runc', 'conmon', 'netavark', 'aardvark-dns', 'slirp4netns', 'uidmap'];
/** What the user's containers have beside the user's own number (subuid(5)). */
const NUMBERS = '400000:65536';

/** Its programs, and what it reads of the machine's settings, are mounted where the user can read them. */
const ENTER = `mount --make-rprivate / || exit
mount --bind "$1" "$3/engine" && mount --bind "$2" "$3/packages" || exit
for file in passwd group subuid subgid; do mount --bind "$3/$file" /etc/$file || exit; done
mkdir -p /etc/containers && mount --bind "$3/settings" /etc/containers || exit
cd / && exec setpriv --reuid "$4" --regid "$4" --clear-groups podman system service --time 0 "unix://$3/run/podman.sock"`;

/** Starts Podman's API as `uid`, without root. */
export async function startRootlessPodman(uid: number): Promise<RootlessEngine> {
  const world = liveWorld(engineGetter);
  await unpackedProgram(NAME, PACKAGES);
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-podman-'));
  await furnish(folder, uid);
  const places = [privateRoot(world.env), packagesFolder(world.env, NAME), folder, String(uid)];
  const service = spawn('unshare', ['-m', 'sh', '-c', ENTER, 'sh', ...places], {
    stdio: 'ignore',
    env: programsEnv(folder),
    detached: true,
  });
  const ended = once(service, 'exit');
  const end = async (): Promise<void> => {
    // In the user's namespace it runs as a child of itself, which a signal to it alone leaves behind.
    if (service.pid !== undefined) process.kill(-service.pid);
    await ended;
    // It holds the user's namespaces for the next call.
    const pause = Number(await readFile(join(folder, 'run/libpod/tmp/pause.pid'), 'utf8').catch(() => '0'));
    if (pause > 1) process.kill(pause, 'SIGKILL');
    await rm(folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 100});
  };
  const host = `unix://${join(folder, 'run/podman.sock')}`;
  for (let waited = 0; waited < 60_000 && service.exitCode === null; waited += 100) {
    if (await connect({...world, env: {...world.env, DOCKER_HOST: host}}).catch(() => null)) return {host, end};
    await sleep(100);
  }
  await end();
  throw new Error('Podman did not start');
}

async function furnish(folder: string, uid: number): Promise<void> {
  await chmod(folder, 0o755);
  for (const name of ['engine', 'packages', 'programs', 'settings', 'home', 'run']) await mkdir(join(folder, name));
  for (const name of ['home', 'run']) await chown(join(folder, name), uid, uid);
  for (const name of ['iptables', 'ip6tables'])
    await symlink(join(folder, `engine/usr/sbin/${name}-nft`), join(folder, 'programs', name));
  for (const name of ['passwd', 'group']) await copyFile(`/etc/${name}`, join(folder, name));
  await appendFile(join(folder, 'passwd'), `rootless:x:${uid}:${uid}::${join(folder, 'home')}:/bin/sh\n`);
  await appendFile(join(folder, 'group'), `rootless:x:${uid}:\n`);
  for (const name of ['subuid', 'subgid']) await writeFile(join(folder, name), `rootless:${NUMBERS}\n`);
  const [at, settings] = [join(folder, 'packages/usr'), join(folder, 'settings')];
  await writeFile(join(settings, 'policy.json'), JSON.stringify({default: [{type: 'insecureAcceptAnything'}]}));
  // crun refuses a machine that has both kinds of control groups at once.
  await writeFile(
    join(settings, 'containers.conf'),
    `[containers]
seccomp_profile = "${at}/share/containers/seccomp.json"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_path = ["${at}/bin/conmon"]
helper_binaries_dir = ["${at}/lib/podman"]
[engine.runtimes]
runc = ["${at}/sbin/runc"]
`,
  );
  await writeFile(
    join(settings, 'storage.conf'),
    `[storage]
driver = "overlay"
graphroot = "${join(folder, 'home/storage')}"
runroot = "${join(folder, 'run/storage')}"
`,
  );
}

function programsEnv(folder: string): NodeJS.ProcessEnv {
  const roots = [join(folder, 'packages'), join(folder, 'engine')];
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const folders = roots.flatMap(root => ['usr/bin', 'usr/sbin'].map(name => join(root, name)));
  return {
    HOME: join(folder, 'home'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    PATH: [join(folder, 'programs'), ...folders, process.env.PATH].join(':'),
    LD_LIBRARY_PATH: roots.flatMap(root => [join(root, 'usr/lib', triplet), join(root, 'lib', triplet)]).join(':'),
    XTABLES_LIBDIR: join(folder, 'engine/usr/lib', triplet, 'xtables'),
    CONTAINERS_CONF: join(folder, 'settings/containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'settings/storage.conf'),
  };
}
