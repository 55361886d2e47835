import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {connect, createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {unpublished} from '../published.js';
import {type Package, packed, unpacked} from './packed.js';
import type {Lab} from './place.js';
import {labFile} from './place.js';

/** What a run of the built gpudock printed, and its exit code. */
export interface Run {
  exit: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** undefined: without that variable. */
  env?: Record<string, string | undefined>;
  uid?: number | undefined;
  /** Groups of that user beside its own. */
  groups?: readonly number[];
  /** A Ctrl-C is sent once stderr matches, or the promise is kept. */
  interruptAt?: RegExp | Promise<unknown>;
  cwd?: string;
  /** What it reads from its standard input; default: nothing. */
  input?: string;
}

export async function readLab(): Promise<Lab> {
  return JSON.parse(await readFile(labFile(process.env), 'utf8')) as Lab;
}

/** Runs the built command line in the lab. With `uid` as that user, from a copy that everybody may read. */
export async function gpudock(
  lab: Lab,
  args: string[],
  {env = {}, uid, groups, interruptAt, cwd, input}: RunOptions = {},
): Promise<Run> {
  const root = uid === undefined ? resolve('.') : await readableCopy();
  const home = uid === undefined ? null : await homeOf(uid, lab.buildx);
  const own = home === null ? {} : {HOME: home, USER: `u${uid}`, XDG_CACHE_HOME: join(home, '.cache')};
  // Whoever started the tests may have a shell in the environment; a user from a service or a cron job has none.
  const {SHELL: _, ...inherited} = process.env;
  const [program = '', ...words] = [...asMember(uid, groups), process.execPath, join(root, 'bin/run.js'), ...args];
  const child = spawn(program, words, {
    env: {...inherited, DOCKER_HOST: uid === undefined ? lab.host : await openSocket(lab), ...own, ...env},
    ...(uid === undefined || groups !== undefined ? {} : {uid, gid: uid}),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : {cwd}),
  });
  child.stdin?.end(input);
  let interrupts = 0;
  const interrupt = (): void => {
    // A second one would end the program without its tidying up.
    if (interrupts++ === 0) child.kill('SIGINT');
  };
  const run: Run = {exit: null, stdout: '', stderr: ''};
  child.stdout?.on('data', chunk => {
    run.stdout += chunk;
  });
  child.stderr?.on('data', chunk => {
    run.stderr += chunk;
    if (interruptAt !== undefined && 'test' in interruptAt && interruptAt.test(run.stderr)) interrupt();
  });
  // Not instanceof: the promises of node's own modules are of another realm than the tests'.
  if (interruptAt !== undefined && 'then' in interruptAt) void interruptAt.then(interrupt);
  const exit = await new Promise<number | null>(done => child.on('close', done));
  mustBePublished(args, run.stdout);
  return {...run, exit};
}

/** node gives a child a user and no groups. */
const asMember = (uid: number | undefined, groups: readonly number[] | undefined): string[] =>
  groups === undefined ? [] : ['setpriv', '--reuid', `${uid}`, '--regid', `${uid}`, '--groups', groups.join()];

/** Whatever a command prints under --json is one document of a published schema; an interrupt may leave nothing. */
function mustBePublished(args: readonly string[], stdout: string): void {
  const [command = '', first = ''] = args;
  // Later words may be the job's own.
  const asked = ['run', 'exec'].includes(command) ? first === '--json' : args.includes('--json');
  const wrong = asked && stdout !== '' ? unpublished(stdout) : null;
  if (wrong !== null) throw new Error(`gpudock ${args.join(' ')}: ${wrong}`);
}

/** A run that must have ended well: one that did not shows what it said. */
export function ended(run: Run): Run {
  if (run.exit !== 0) throw new Error(`exit ${run.exit}\n${run.stderr}${run.stdout}`);
  return run;
}

let copy: Promise<Package> | undefined;

/** The package as it is published, where another user can read it. */
async function readableCopy(): Promise<string> {
  copy ??= packed().then(async made => {
    await unpacked(made);
    return made;
  });
  return join((await copy).folder, 'package');
}

let door: Server | undefined;

/** The lab's socket lies in root's home: this one stands in for membership of the docker group. */
async function openSocket(lab: Lab): Promise<string> {
  const path = join(tmpdir(), `gpudock-lab-${process.pid}.sock`);
  if (door === undefined) {
    door = createServer({allowHalfOpen: true}, client => {
      const daemon = connect({path: lab.host.replace('unix://', ''), allowHalfOpen: true});
      client.pipe(daemon).pipe(client);
      client.on('error', () => daemon.destroy());
      daemon.on('error', () => client.destroy());
    });
    await new Promise<void>(listening => door?.listen(path, listening));
    await chmod(path, 0o666);
  }
  return `unix://${path}`;
}

/** Removes what the runs of other users needed. */
export async function tidyUp(): Promise<void> {
  door?.close();
  if (copy !== undefined) await rm((await copy).folder, {recursive: true, force: true});
}

/** The home of a user who has buildx as a plugin of the docker command line. */
async function homeOf(uid: number, buildx: string): Promise<string> {
  const home = join(tmpdir(), `gpudock-home-${uid}`);
  const plugin = join(home, '.docker/cli-plugins/docker-buildx');
  await mkdir(dirname(plugin), {recursive: true});
  if (!existsSync(plugin)) await cp(buildx, plugin);
  for (const path of [home, join(home, '.docker'), dirname(plugin)]) await chown(path, uid, uid);
  return home;
}

/** How the folder of a project of a test begins. */
export const PROJECT_PREFIX = 'gpudock-project-';

/** A project folder that belongs to `uid`. */
export async function makeProject(files: Record<string, string>, uid = 0): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), PROJECT_PREFIX));
  await chmod(folder, 0o755);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), {recursive: true});
    await writeFile(join(folder, path), text);
    await chown(join(folder, path), uid, uid);
  }
  await chown(folder, uid, uid);
  return folder;
}
