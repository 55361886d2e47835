import type {ChildProcess} from 'node:child_process';
import {rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {quote} from '../launch/command-line.js';
import {forward, nearWord, sshPlace} from './ssh.js';

const open = new Map<string, Promise<string>>();

/**
 * A socket of this machine that leads to the engine at `ssh://[USER@]HOST[:PORT][/SOCKET]`, by the machine's own ssh: its
 * configuration, keys, agent and known hosts count. It ends with this program. Throws `ssh_failed`.
 */
export function tunnelTo(host: string): Promise<string> {
  const tunnel = open.get(host) ?? start(host);
  open.set(host, tunnel);
  return tunnel;
}

const ENGINE_SOCKET = '/var/run/docker.sock';

async function start(host: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-ssh-'));
  process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
  const socket = join(folder, 'engine.sock');
  const {ssh} = await forward(host, socket, sshPlace(host).path || ENGINE_SOCKET);
  letGo(ssh);
  return socket;
}

/** The tunnel alone keeps no program alive. */
function letGo(ssh: ChildProcess): void {
  ssh.unref();
  for (const stream of [ssh.stdin, ssh.stderr])
    if (stream !== null && 'unref' in stream) (stream as {unref(): void}).unref();
}

/** A port of this machine that leads to a container's on the engine's, as long as this program keeps it open. */
export interface PortTunnel {
  port: number;
  /** The same by hand. */
  line: string;
  /** Settles with the last thing that ssh said, once it has ended. */
  ended: Promise<string>;
  close(): void;
}

/** Leads from the port `near` of this machine to `far` of the engine's. Throws `ssh_failed`. */
export async function tunnelToPort(host: string, near: number, far: number): Promise<PortTunnel> {
  const {ssh, ended} = await forward(host, near, `127.0.0.1:${far}`);
  const {target, port} = sshPlace(host);
  const line = `ssh -N ${port === '' ? '' : `-p ${port} `}-L ${nearWord(near)}:127.0.0.1:${far} ${quote(target)}`;
  return {port: near, line, ended, close: () => void ssh.kill()};
}
