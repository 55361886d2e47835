import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {appendFile, chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {connect, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {engineGetter} from '../../src/engine/get.js';
import {unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';

/** A machine behind ssh: this one, by a real sshd on a port of its own. */
export interface SshServer {
  /** A name of the configuration that `ssh` in {@link programs} reads. */
  alias: string;
  /** A folder for PATH. */
  programs: string;
  port: number;
  /** The file of the key that it lets in, as root. */
  key: string;
  end(): Promise<void>;
}

const PACKAGES = ['openssh-server', 'libwrap0'];

/** `address`: which of the machine's addresses it listens on. */
export async function startSshd(address = '127.0.0.1'): Promise<SshServer> {
  const world = liveWorld(engineGetter);
  const unpacked = packagesFolder(world.env, 'sshd');
  const packages = {packages: PACKAGES, fromSuite: [], suite: null, folder: unpacked};
  await unpackPackages(world, packages, {say: () => {}, signal: new AbortController().signal});
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-sshd-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  await writeServer(folder, address, port);
  const programs = await writeClient(folder, port);
  const sshd = await run(unpacked, folder, address, port);
  return {
    alias: 'gpu-box',
    programs,
    port,
    key: join(folder, 'user'),
    async end() {
      sshd.kill('SIGKILL');
      await rm(folder, {recursive: true, force: true});
    },
  };
}

async function writeServer(folder: string, address: string, port: number): Promise<void> {
  for (const key of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  await copyFile(join(folder, 'user.pub'), join(folder, 'authorized'));
  const settings = [
    `Port ${port}`,
    `ListenAddress ${address}`,
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized')}`,
    ...['StrictModes no', 'UsePAM no', 'PidFile none'],
  ];
  await writeFile(join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
  // sshd wants a user of its own, which this machine may not have.
  await copyFile('/etc/passwd', join(folder, 'passwd'));
  await appendFile(join(folder, 'passwd'), 'sshd:x:74:74::/run/sshd:/usr/sbin/nologin\n');
}

async function writeClient(folder: string, port: number): Promise<string> {
  const key = (await readFile(join(folder, 'host.pub'), 'utf8')).trim();
  await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${key}\n`);
  const settings = [
    'Host gpu-box',
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    '  User root',
    `  IdentityFile ${join(folder, 'user')}`,
    `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    '  StrictHostKeyChecking yes',
  ];
  await writeFile(join(folder, 'ssh_config'), `${settings.join('\n')}\n`);
  const program = join(folder, 'programs/ssh');
  await mkdir(dirname(program));
  await writeFile(program, `#!/bin/sh\nexec /usr/bin/ssh -F ${join(folder, 'ssh_config')} "$@"\n`);
  await chmod(program, 0o755);
  return dirname(program);
}

/** In a mount namespace of its own, where /etc/passwd has sshd's user. */
async function run(unpacked: string, folder: string, address: string, port: number): Promise<ChildProcess> {
  const program = join(unpacked, 'usr/sbin/sshd');
  const script = 'mount --bind "$1/passwd" /etc/passwd && mkdir -p /run/sshd && exec "$2" -D -f "$1/sshd_config"';
  const libraries = execFileSync('find', [unpacked, '-name', 'libwrap.so.0', '-printf', '%h'], {encoding: 'utf8'});
  const sshd = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', folder, program], {
    stdio: 'ignore',
    env: {...process.env, LD_LIBRARY_PATH: libraries},
  });
  for (let waited = 0; waited < 30_000 && !(await listens(address, port)); waited += 50) await sleep(50);
  return sshd;
}

const listens = (address: string, port: number): Promise<boolean> =>
  new Promise(done => {
    const client = connect(port, address, () => {
      client.destroy();
      done(true);
    });
    client.once('error', () => done(false));
  });

const freePort = (): Promise<number> =>
  new Promise(done => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
