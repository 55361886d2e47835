import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {appendFile, link, mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {readAptMachine} from '../../src/engine/private/apt.js';
import {otherSuite} from '../../src/engine/private/apt-sources.js';
import {unpackPackages} from '../../src/engine/private/packages.js';
import {cacheFolder, packagesFolder} from '../../src/engine/private/paths.js';
import {programEnv} from '../../src/engine/private/program-env.js';
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
  atTerminal(line: string, typed: Typed): Promise<Run>;
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

/** Mounts what a system needs, then waits to be killed with all its processes; as their first it buries the others. */
const HOLD = `set -e
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --rbind /sys "$1/sys"
mount --bind "$2" "$1/opt/gpudock"
mount --bind "$3" "$1/usr/local/bin/node"
echo ready
exec chroot "$1" bash -c 'while :; do sleep 3600 & wait; done'`;

/** `network`: it shares this machine's, or has none. */
export async function bareHost(world: World, {network}: {network: boolean}): Promise<BareHost> {
  const root = await mkdtemp(join(tmpdir(), 'gpudock-bare-'));
  await must('tar', ['--extract', '--file', await bareArchive(world), '--directory', root]);
  await furnish(root, network);
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
  const holder = spawn(
    'unshare',
    [...namespaces, ...(network ? [] : ['--net']), 'sh', '-c', HOLD, 'sh', root, resolve('.'), process.execPath],
    {stdio: ['ignore', 'pipe', 'inherit'], detached: true},
  );
  const target = await first(holder);
  const enter = ['--target', target, '--mount', '--pid', '--net'];
  const run: BareHost['run'] = (args, {env = {}, asLogin = false, interruptAt} = {}) => {
    const login = ['setpriv', `--reuid=${LOGIN.uid}`, `--regid=${LOGIN.uid}`, '--init-groups'];
    const own = {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env};
    const home = asLogin ? `/home/${LOGIN.name}` : '/root';
    const pairs = Object.entries({HOME: home, ...own}).map(([key, value]) => `${key}=${value}`);
    const inside = ['setsid', 'env', '--ignore-environment', ...pairs, ...(asLogin ? login : []), ...args];
    return ran('nsenter', [...enter, '--root', '--wd', ...inside], {...(interruptAt && {interruptAt})});
  };
  return {
    root,
    run,
    gpudock: (args, options) => run(['node', '/opt/gpudock/bin/run.js', ...args], options),
    atTerminal: (line, typed) => {
      const command = `node /opt/gpudock/bin/run.js ${line}`;
      return ran(
        'nsenter',
        [...enter, '--root', '--wd', 'script', '--quiet', '--return', '--command', command, '/dev/null'],
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

/** Made once, from the packages of this machine's own mirror. */
async function bareArchive(world: World): Promise<string> {
  const path = join(cacheFolder(world.env), 'bare', `${SUITE}.tar`);
  if (existsSync(path)) return path;
  const {sources, codename} = await readAptMachine(world);
  const archive = otherSuite(sources, codename, SUITE);
  if (archive === null) throw new Error('no apt source to make a bare Debian from');
  const folder = packagesFolder(world.env, 'mmdebstrap');
  const progress = {say: () => {}, signal: new AbortController().signal};
  await unpackPackages(world, {packages: ['mmdebstrap'], fromSuite: [], suite: null, folder}, progress);
  await mkdir(join(path, '..'), {recursive: true});
  const args = ['--variant=apt', '--include=ca-certificates,sudo', '--quiet', SUITE, `${path}.new.tar`];
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
  await mkdir(at(`home/${name}`));
  await must('chown', [`${uid}:${uid}`, at(`home/${name}`)]);
  await writeFile(at(`etc/sudoers.d/${name}`), `${name} ALL=(ALL) NOPASSWD: ALL\n`, {mode: 0o440});
  // The script of docker.io raises limits, which this machine's root may not; the package keeps a file that is there.
  await mkdir(at('etc/default'), {recursive: true});
  await writeFile(at('etc/default/docker'), 'ulimit() { :; }\n');
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
