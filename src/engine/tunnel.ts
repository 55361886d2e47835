import {type ChildProcess, spawn} from 'node:child_process';
import {rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {EXIT, Failure} from '../failure.js';

const open = new Map<string, Promise<string>>();

/**
 * A socket of this machine that leads to the engine at `ssh://[USER@]HOST[:PORT][/SOCKET]`, by the machine's own ssh: its
 * configuration, keys, agent and known hosts count. It ends with this program, however that ends. Throws `ssh_failed`.
 */
export function tunnelTo(host: string): Promise<string> {
  const tunnel = open.get(host) ?? start(host);
  open.set(host, tunnel);
  return tunnel;
}

const ENGINE_SOCKET = '/var/run/docker.sock';
/** milliseconds */
const PATIENCE = 15_000;
const POLL_INTERVAL = 25;

async function start(host: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-ssh-'));
  const socket = join(folder, 'engine.sock');
  const {args, target} = sshArguments(host, socket);
  // In a session of its own: a Ctrl-C is for gpudock, which still has to tidy up over there.
  const ssh = spawn('ssh', args, {stdio: ['pipe', 'ignore', 'pipe'], detached: true});
  process.once('exit', () => {
    ssh.kill();
    rmSync(folder, {recursive: true, force: true});
  });
  let words = '';
  ssh.stderr.on('data', chunk => {
    words = `${words}${chunk}`.slice(-2_000);
  });
  const ended = new Promise<string>(done => {
    ssh.once('error', error => done(error.message));
    ssh.once('exit', () => done(words.trim().split('\n').at(-1) ?? ''));
  });
  const waiting = new AbortController();
  const opened = untilOpen(socket, waiting.signal).then(isOpen => (isOpen ? null : 'no answer'));
  const problem = await Promise.race([ended, opened]);
  waiting.abort();
  if (problem !== null) {
    ssh.kill();
    throw sshFailed(target, problem);
  }
  letGo(ssh);
  return socket;
}

/**
 * `cat` over there ends when its input does, and ssh with it: also where this program is killed. Nothing is asked: there
 * may be no terminal, and what an answer is for would not be seen.
 */
export function sshArguments(host: string, socket: string): {args: string[]; target: string} {
  const {username, hostname, port, pathname} = new URL(host);
  const target = username === '' ? hostname : `${decodeURIComponent(username)}@${hostname}`;
  const path = pathname === '' || pathname === '/' ? ENGINE_SOCKET : decodeURIComponent(pathname);
  const options = ['BatchMode=yes', 'ExitOnForwardFailure=yes', 'ServerAliveInterval=15'];
  return {
    target,
    args: [
      ...options.flatMap(option => ['-o', option]),
      ...(port === '' ? [] : ['-p', port]),
      ...['-L', `${socket}:${path}`, '--', target, 'cat'],
    ],
  };
}

async function untilOpen(socket: string, signal: AbortSignal): Promise<boolean> {
  for (const end = Date.now() + PATIENCE; Date.now() < end && !signal.aborted; await sleep(POLL_INTERVAL))
    if (await listens(socket)) return true;
  return false;
}

function listens(socket: string): Promise<boolean> {
  return new Promise(done => {
    const client = connect(socket, () => {
      client.destroy();
      done(true);
    });
    client.once('error', () => done(false));
  });
}

/** The tunnel alone keeps no program alive. */
function letGo(ssh: ChildProcess): void {
  ssh.unref();
  for (const stream of [ssh.stdin, ssh.stderr])
    if (stream !== null && 'unref' in stream) (stream as {unref(): void}).unref();
}

const sshFailed = (target: string, cause: string): Failure =>
  new Failure({
    code: 'ssh_failed',
    message: `the engine's machine cannot be reached: ssh ${target}`,
    cause,
    fix: `ssh ${target} true has to work without a question: set up a key, and accept the machine's own once`,
    exit: EXIT.noEngine,
  });
