import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {appendFile, link, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {release, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {readAptMachine} from '../../src/engine/private/apt.js';
import {otherSuite} from '../../src/engine/private/apt-sources.js';
import {unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder} from '../../src/engine/private/paths.js';
import {programEnv} from '../../src/engine/private/program-env.js';
import {cacheFolder} from '../../src/world/cache.js';
import type {World} from '../../src/world/world.js';
import type {Run} from './gpudock.js';

const SUITE = 'trixie';
/** A login that may become root without a password, as on a cloud machine. */
export const LOGIN = {name: 'ada', uid: 1000};

/** A small Debian of its own: a folder as its root, with its own mounts and processes, so that the machine stays as it is. */
export interface BareHost {
  root: string;
  /** Runs a program in it. */
  run(args: readonly string[], options?: BareRunOptions): Promise<Run>;
  /** Runs the built gpudock in it. */
  gpudock(args: readonly string[], options?: BareRunOptions): Promise<Run>;
  /** Runs the built gpudock at a terminal of its own; what stands there is stdout. */
  atTerminal(line: string, typed: Typed, term?: string): Promise<Run>;
  /** Runs a program of this machine with the mounts of that one. */
  outside(args: readonly string[]): Promise<Run>;
  remove(): Promise<void>;
}

export interface BareRunOptions {
  env?: Record<string, string>;
  /** As {@link LOGIN}; default root. */
  asLogin?: boolean;
  /** Ctrl-C is sent once stderr matches. */
  interruptAt?: RegExp;
}

/** What a person types at a terminal, once what stands there matches. */
export interface Typed {
  at: RegExp;
  keys: string;
}

/**
 * The same with systemd as the first process. It wants a cgroup tree of its own, and devices among which no disk and no
 * console of this machine is. A change of root alone would forbid user namespaces (clone(2), EPERM).
 */
const HOLD_SYSTEMD = `set -e
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount -t sysfs sysfs "$1/sys"
mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
mkdir "$1/dev/net" "$1/dev/pts" "$1/dev/shm"
while read -r name major minor; do mknod -m 666 "$1/dev/$name" c "$major" "$minor"; done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
net/tun 10 200
END
mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/dev/pts"
ln -s pts/ptmx "$1/dev/ptmx"
mount -t tmpfs tmpfs "$1/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$1/run"
mount --bind "$2" "$1/opt/gpudock"
mount --bind "$3" "$1/usr/local/bin/node"
mkdir "$1/old"
cd "$1"
pivot_root . old
umount --lazy /old
rmdir /old
echo ready
exec env -i container=gpudock PATH=/usr/sbin:/usr/bin /lib/systemd/systemd`;

/**
 * Mounts what a system needs, then waits to be killed with all its processes; as their first it buries the others. It is
 * ready once its root is the new one: whoever enters before that is on this machine.
 */
const HOLD = `set -e
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --rbind /sys "$1/sys"
mount --bind "$2" "$1/opt/gpudock"
mount --bind "$3" "$1/usr/local/bin/node"
exec chroot "$1" bash -c 'echo ready; while :; do sleep 3600 & wait; done'`;

export interface BareOptions {
  /** It shares this machine's, or has none. */
  network: boolean;
  systemd?: boolean;
}

export async function bareHost(world: World, {network, systemd = false}: BareOptions): Promise<BareHost> {
  const root = await mkdtemp(join(tmpdir(), 'gpudock-bare-'));
  await must('tar', ['--extract', '--file', await bareArchive(world, systemd), '--directory', root]);
  await furnish(root, network);
  const own = ['--mount', '--pid', ...(systemd ? ['--cgroup', '--uts', '--ipc'] : []), ...(network ? [] : ['--net'])];
  const holder = spawn(
    'unshare',
    [
      ...[...own, '--fork', '--kill-child', '--propagation', 'private', 'sh', '-c'],
      ...[systemd ? HOLD_SYSTEMD : HOLD, 'sh', root, resolve('.'), process.execPath],
    ],
    {stdio: ['ignore', 'pipe', 'inherit'], detached: true},
  );
  const target = await first(holder);
  await mustHaveRoot(target, root);
  const enter = ['--target', target, ...own];
  if (systemd) await booted(enter);
  const run: BareHost['run'] = (args, {env = {}, asLogin = false, interruptAt} = {}) => {
    const login = ['setpriv', `--reuid=${LOGIN.uid}`, `--regid=${LOGIN.uid}`, '--init-groups'];
    const variables = {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env};
    const home = asLogin ? `/home/${LOGIN.name}` : '/root';
    const pairs = Object.entries({HOME: home, ...variables}).map(([key, value]) => `${key}=${value}`);
    const inside = ['setsid', 'env', '--ignore-environment', ...pairs, ...(asLogin ? login : []), ...args];
    return ran('nsenter', [...enter, '--root', '--wd', ...inside], {...(interruptAt && {interruptAt})});
  };
  return {
    root,
    run,
    gpudock: (args, options) => run(['node', '/opt/gpudock/bin/run.js', ...args], options),
    atTerminal: (line, typed, term = 'xterm') => {
      const command = `node /opt/gpudock/bin/run.js ${line}`;
      return ran(
        'nsenter',
        [
          ...enter,
          '--root',
          '--wd',
          'env',
          `TERM=${term}`,
          'script',
          '--quiet',
          '--return',
          '--command',
          command,
          '/dev/null',
        ],
        {typed},
      );
    },
    outside: args => ran('nsenter', [...enter, ...args]),
    remove: async () => {
      const gone = new Promise(done => holder.on('close', done));
      holder.kill('SIGKILL');
      await gone;
      await rm(root, {recursive: true, force: true});
    },
  };
}

/** With what gives a user a systemd of their own. */
const SYSTEMD = ['systemd', 'systemd-sysv', 'dbus', 'dbus-user-session', 'libpam-systemd'];

/** Made once, from the packages of this machine's own mirror. */
async function bareArchive(world: World, systemd = false): Promise<string> {
  const path = join(cacheFolder(world.env), 'bare', `${SUITE}${systemd ? '-systemd' : ''}.tar`);
  if (existsSync(path)) return path;
  const {sources, codename} = await readAptMachine(world);
  const archive = otherSuite(sources, codename, SUITE);
  if (archive === null) throw new Error('no apt source to make a bare Debian from');
  const folder = packagesFolder(world.env, 'mmdebstrap');
  const progress = {say: () => {}, signal: new AbortController().signal};
  await unpackPackages(world, {packages: ['mmdebstrap'], fromSuite: [], suite: null, folder}, progress);
  await mkdir(join(path, '..'), {recursive: true});
  const include = ['ca-certificates', 'sudo', ...(systemd ? SYSTEMD : [])].join(',');
  const args = ['--variant=apt', `--include=${include}`, '--quiet', SUITE, `${path}.new.tar`];
  const program = [join(folder, 'usr/bin/mmdebstrap'), ...args, `deb ${archive.uri} ${SUITE} main`];
  const made = await world.run({
    program: 'perl',
    args: program,
    env: await programEnv(world, folder),
    timeout: 300_000,
  });
  if (made.status !== 'ran' || made.exit !== 0) throw new Error(made.stderr);
  await rename(`${path}.new.tar`, path);
  return path;
}

async function furnish(root: string, network: boolean): Promise<void> {
  const at = (path: string): string => join(root, path);
  await mkdir(at('opt/gpudock'), {recursive: true});
  await writeFile(at('usr/local/bin/node'), '');
  await writeFile(at('etc/resolv.conf'), await readFile('/etc/resolv.conf'));
  const {name, uid} = LOGIN;
  await appendFile(at('etc/passwd'), `${name}:x:${uid}:${uid}::/home/${name}:/bin/sh\n`);
  await appendFile(at('etc/group'), `${name}:x:${uid}:\n`);
  await appendFile(at('etc/shadow'), `${name}:!:1::::::\n`);
  for (const file of ['etc/subuid', 'etc/subgid']) await appendFile(at(file), `${name}:100000:65536\n`);
  await mkdir(at(`home/${name}`));
  await must('chown', [`${uid}:${uid}`, at(`home/${name}`)]);
  await writeFile(at(`etc/sudoers.d/${name}`), `${name} ALL=(ALL) NOPASSWD: ALL\n`, {mode: 0o440});
  // The script of docker.io raises limits, which this machine's root may not; the package keeps a file that is there.
  await mkdir(at('etc/default'), {recursive: true});
  await writeFile(at('etc/default/docker'), 'ulimit() { :; }\n');
  // Docker's rootless tool asks for a module that iptables over nf_tables does without.
  await mkdir(at(`lib/modules/${release()}`), {recursive: true});
  await writeFile(at(`lib/modules/${release()}/modules.builtin`), 'kernel/net/ipv4/netfilter/ip_tables.ko\n');
  // Where the network is shared, its rules belong to the machine's own engine.
  if (!network) return;
  await mkdir(at('etc/docker'));
  await writeFile(at('etc/docker/daemon.json'), JSON.stringify(SHARED_NETWORK));
}

/** What daemon.json of a host with network says before setup comes. */
export const SHARED_NETWORK = {iptables: false, ip6tables: false, bridge: 'none'};

/** Puts the archive that the host was made of into it, under the same name, to make an image from. */
export async function lendArchive(world: World, {root}: BareHost): Promise<string> {
  await link(await bareArchive(world), join(root, 'bare.tar'));
  return '/bare.tar';
}

/** Nothing is ever run in it that would land on this machine. */
async function mustHaveRoot(process: string, root: string): Promise<void> {
  const [its, wanted] = await Promise.all([stat(`/proc/${process}/root`), stat(root)]);
  if (its.ino !== wanted.ino || its.dev !== wanted.dev) throw new Error(`process ${process} is not below ${root}`);
}

/** Until it is up, its manager refuses the question. */
async function booted(enter: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const state = await ran('nsenter', [...enter, '--root', '--wd', 'systemctl', 'is-system-running', '--wait']);
    // degraded: a unit that wants more of a machine than this one has failed.
    if (/^(?:running|degraded)$/m.test(state.stdout)) return;
    await sleep(500);
  }
  throw new Error('systemd did not start');
}

/** The process that is the first one in the new namespace, as this machine numbers it. */
async function first(holder: ChildProcess): Promise<string> {
  await new Promise<void>((ready, failed) => {
    holder.stdout?.once('data', () => ready());
    holder.once('exit', code => failed(new Error(`unshare ended with ${code}`)));
  });
  return childOf(holder);
}

interface Meanwhile {
  interruptAt?: RegExp;
  typed?: Typed;
}

function ran(program: string, args: readonly string[], {interruptAt, typed}: Meanwhile = {}): Promise<Run> {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'pipe'], detached: true});
  const run: Run = {exit: null, stdout: '', stderr: ''};
  if (typed === undefined) child.stdin.end();
  let sent = false;
  child.stdout.on('data', chunk => {
    run.stdout += chunk;
    if (sent || typed?.at.test(run.stdout) !== true) return;
    sent = true;
    child.stdin.write(typed.keys);
  });
  child.stderr.on('data', chunk => {
    run.stderr += chunk;
    if (sent || interruptAt?.test(run.stderr) !== true) return;
    sent = true;
    void interruptChildOf(child);
  });
  return new Promise(done => child.on('close', exit => done({...run, exit})));
}

/** A terminal's Ctrl-C reaches the whole group: gpudock and what it runs, not the nsenter before them. */
async function interruptChildOf(nsenter: ChildProcess): Promise<void> {
  process.kill(-Number(await childOf(nsenter)), 'SIGINT');
}

async function childOf({pid}: ChildProcess): Promise<string> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const {exit, stderr} = await ran(program, args);
  if (exit !== 0) throw new Error(`${program}: ${stderr}`);
}
