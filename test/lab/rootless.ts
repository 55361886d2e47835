import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFile, chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder, privateRoot} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';

/** A real engine of an ordinary user. */
export interface RootlessEngine {
  /** As DOCKER_HOST has it. */
  host: string;
  end(): Promise<void>;
}

const PACKAGES = ['rootlesskit', 'slirp4netns', 'uidmap'];
/** What the user's containers have beside the user's own number (subuid(5)). */
const NUMBERS = '400000:65536';

/**
 * Its files are the user's, who cannot read root's cache: the programs are mounted where everybody can. So is the device
 * of user-made networks, which udev opens to everybody and machines without it do not.
 */
const ENTER = `mount --make-rprivate / || exit
mknod -m 666 "$3/tun" c 10 200 && mount --bind "$3/tun" /dev/net/tun || exit
mount --bind "$1" "$3/programs" && mount --bind "$2" "$3/packages" && mount --bind "$3/passwd" /etc/passwd || exit
for file in subuid subgid; do mount --bind "$3/numbers" /etc/$file || exit; done
exec setpriv --reuid "$4" --regid "$4" --clear-groups rootlesskit --net=slirp4netns --disable-host-loopback \\
  --port-driver=builtin --copy-up=/etc --copy-up=/run --state-dir="$3/run/kit" sh -c "$5" sh "$3"`;

const DAEMON = `rm -f /run/docker /run/containerd
exec dockerd --rootless -H "unix://$1/run/docker.sock" --data-root "$1/home/data" --exec-root "$1/run/docker" \\
  --pidfile "$1/run/docker.pid" --iptables=false --ip6tables=false \\
  --userland-proxy-path="$1/packages/usr/bin/rootlesskit-docker-proxy"`;

/** Starts dockerd as `uid`, as Docker's own rootless set-up does: in namespaces of rootlesskit's, without root. */
export async function startRootless(uid: number): Promise<RootlessEngine> {
  const world = liveWorld(engineGetter);
  const packages = packagesFolder(world.env, 'rootless');
  const set = {packages: PACKAGES, fromSuite: [], suite: null, folder: packages};
  await unpackPackages(world, set, {say: () => {}, signal: new AbortController().signal});
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-rootless-'));
  await furnish(folder, uid);
  const programs = privateRoot(world.env);
  const daemon = spawn('unshare', ['-m', 'sh', '-c', ENTER, 'sh', programs, packages, folder, String(uid), DAEMON], {
    stdio: 'ignore',
    env: programsEnv(folder),
  });
  const ended = once(daemon, 'exit');
  const end = async (): Promise<void> => {
    daemon.kill();
    await ended;
    await rm(folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 100});
  };
  const host = `unix://${join(folder, 'run/docker.sock')}`;
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (await connect({...world, env: {...world.env, DOCKER_HOST: host}}).catch(() => null)) return {host, end};
    if (daemon.exitCode !== null) break;
    await sleep(100);
  }
  await end();
  throw new Error('the rootless engine did not start');
}

async function furnish(folder: string, uid: number): Promise<void> {
  await chmod(folder, 0o755);
  for (const name of ['programs', 'packages', 'home', 'run']) await mkdir(join(folder, name));
  for (const name of ['home', 'run']) await chown(join(folder, name), uid, uid);
  await copyFile('/etc/passwd', join(folder, 'passwd'));
  await appendFile(join(folder, 'passwd'), `rootless:x:${uid}:${uid}::${join(folder, 'home')}:/bin/sh\n`);
  await writeFile(join(folder, 'numbers'), `rootless:${NUMBERS}\n`);
}

function programsEnv(folder: string): NodeJS.ProcessEnv {
  const roots = [join(folder, 'packages'), join(folder, 'programs')];
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  return {
    HOME: join(folder, 'home'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    PATH: [
      ...roots.flatMap(root => ['usr/bin', 'usr/sbin', 'sbin'].map(name => join(root, name))),
      process.env.PATH,
    ].join(':'),
    LD_LIBRARY_PATH: roots.flatMap(root => [join(root, 'usr/lib', triplet), join(root, 'lib', triplet)]).join(':'),
  };
}
