import {type ChildProcess, spawn} from 'node:child_process';
import {connect} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {EXIT, Failure} from '../failure.js';

/** A way through the machine's own ssh, which ends with this program, however that ends. */
export interface Forward {
  ssh: ChildProcess;
  /** Settles with the last thing that ssh said, once it has ended. */
  ended: Promise<string>;
}

/** Milliseconds that a way may take until it is open. */
const PATIENCE = 15_000;
const POLL_INTERVAL = 25;

/** Leads from `near`, a socket or a port of this machine, to `far`, as ssh's -L has both. Throws `ssh_failed`. */
export async function forward(host: string, near: string | number, far: string): Promise<Forward> {
  const {target} = sshPlace(host);
  // In a session of its own: a Ctrl-C is for gpudock, which still has to tidy up over there.
  const ssh = spawn('ssh', sshArguments(host, `${nearWord(near)}:${far}`), {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  process.once('exit', () => ssh.kill());
  let words = '';
  ssh.stderr.on('data', chunk => {
    words = `${words}${chunk}`.slice(-2_000);
  });
  const ended = new Promise<string>(done => {
    ssh.once('error', error => done(error.message));
    ssh.once('exit', () => done(words.trim().split('\n').at(-1) ?? ''));
  });
  const waiting = new AbortController();
  const opened = untilOpen(near, waiting.signal).then(isOpen => (isOpen ? null : 'no answer'));
  const problem = await Promise.race([ended, opened]);
  waiting.abort();
  if (problem === null) return {ssh, ended};
  ssh.kill();
  throw sshFailed(target, problem);
}

export const nearWord = (near: string | number): string => (typeof near === 'number' ? `127.0.0.1:${near}` : near);

/** What a host of `ssh://[USER@]HOST[:PORT][/SOCKET]` names. */
export function sshPlace(host: string): {target: string; port: string; path: string} {
  const {username, hostname, port, pathname} = new URL(host);
  const target = username === '' ? hostname : `${decodeURIComponent(username)}@${hostname}`;
  return {target, port, path: pathname === '/' ? '' : decodeURIComponent(pathname)};
}

/**
 * `cat` over there ends when its input does, and ssh with it: also where this program is killed. Nothing is asked: there
 * may be no terminal, and what an answer is for would not be seen.
 */
export function sshArguments(host: string, way: string): string[] {
  const {target, port} = sshPlace(host);
  const options = ['BatchMode=yes', 'ExitOnForwardFailure=yes', 'ServerAliveInterval=15'];
  return [
    ...options.flatMap(option => ['-o', option]),
    ...(port === '' ? [] : ['-p', port]),
    ...['-L', way, '--', target, 'cat'],
  ];
}

async function untilOpen(near: string | number, signal: AbortSignal): Promise<boolean> {
  for (const end = Date.now() + PATIENCE; Date.now() < end && !signal.aborted; await sleep(POLL_INTERVAL))
    if (await listens(near)) return true;
  return false;
}

function listens(near: string | number): Promise<boolean> {
  return new Promise(done => {
    const client = connect(typeof near === 'number' ? {port: near, host: '127.0.0.1'} : {path: near}, () => {
      client.destroy();
      done(true);
    });
    client.once('error', () => done(false));
  });
}

const sshFailed = (target: string, cause: string): Failure =>
  new Failure({
    code: 'ssh_failed',
    message: `the engine's machine cannot be reached: ssh ${target}`,
    cause,
    fix: `ssh ${target} true has to work without a question: set up a key, and accept the machine's own once`,
    exit: EXIT.noEngine,
  });
