import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import type {Host} from '../../src/contract/host.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {type BareHost, type BareRunOptions, bareHost, LOGIN, lendArchive, SHARED_NETWORK} from '../lab/bare-host.js';
import {ended} from '../lab/gpudock.js';

const world = liveWorld(engineGetter);
const MINUTE = 60_000;
const MIRROR = 'https://mirror.example.com/';

let bare: BareHost;

beforeAll(async () => {
  bare = await bareHost(world, {network: true, systemd: true});
}, 5 * MINUTE);

afterAll(() => bare.remove(), MINUTE);

const said = async (...args: string[]): Promise<string> => (await bare.run(args)).stdout.trim();
const docker = async (...args: string[]): Promise<string> => ended(await bare.run(['docker', ...args])).stdout.trim();
const config = async (): Promise<unknown> =>
  JSON.parse(await readFile(join(bare.root, 'etc/docker/daemon.json'), 'utf8'));

describe('under systemd', () => {
  test(
    'the engine runs, and does so at every boot',
    async () => {
      ended(await bare.gpudock(['setup', '--yes']));
      expect(await said('systemctl', 'is-active', 'docker')).toBe('active');
      expect(await said('systemctl', 'is-enabled', 'docker')).toBe('enabled');
      expect((await bare.gpudock(['setup', '--check'])).exit).toBe(0);
    },
    5 * MINUTE,
  );

  test(
    'a mirror is taken while containers go on',
    async () => {
      await docker('import', await lendArchive(world, bare), 'gpudock-test:bare');
      await docker('run', '--detach', '--name', 'worker', '--network=none', 'gpudock-test:bare', 'sleep', '600');
      const started = await docker('inspect', '--format', '{{.State.StartedAt}}', 'worker');
      ended(await bare.gpudock(['setup', '--yes', '--mirror', MIRROR]));
      expect(await docker('info', '--format', '{{json .RegistryConfig.Mirrors}}')).toContain(MIRROR);
      expect(await docker('inspect', '--format', '{{.State.Running}} {{.State.StartedAt}}', 'worker')).toBe(
        `true ${started}`,
      );
      await docker('rm', '--force', 'worker');
    },
    2 * MINUTE,
  );

  test(
    'images move, whoever asks Docker meanwhile, and come back',
    async () => {
      ended(await bare.gpudock(['setup', '--yes', '--data-root', '/data/docker']));
      expect(await docker('info', '--format', '{{.DockerRootDir}}')).toBe('/data/docker');
      expect(await docker('images', '--quiet', 'gpudock-test:bare')).not.toBe('');
      expect(await said('systemctl', 'is-active', 'docker', 'docker.socket')).toBe('active\nactive');
      ended(await bare.gpudock(['setup', '--undo', '--yes']));
      expect(await docker('info', '--format', '{{.DockerRootDir}}')).toBe('/var/lib/docker');
      expect(await config()).toEqual(SHARED_NETWORK);
    },
    2 * MINUTE,
  );

  /** The ids that the doctor still finds after its fixes, and the lines that take them back. */
  const mended = async (options?: BareRunOptions): Promise<{ids: string[]; undo: string[]}> => {
    const {stdout, stderr} = await bare.gpudock(['doctor', '--fix', '--yes', '--json'], options);
    const {findings} = JSON.parse(stdout) as Host;
    const undo = [...stderr.matchAll(/^Undo: (.*)$/gm)].map(([, line = '']) => line);
    return {ids: findings.map(({id}) => id), undo};
  };

  test(
    'the doctor starts an engine that was stopped, for good, and its undo line stops it',
    async () => {
      await bare.run(['systemctl', 'disable', '--now', 'docker.socket', 'docker']);
      const {ids, undo} = await mended();
      expect(ids).not.toContain('docker_daemon_unreachable');
      expect(await said('systemctl', 'is-active', 'docker')).toBe('active');
      expect(await said('systemctl', 'is-enabled', 'docker')).toBe('enabled');
      expect(undo).toContain('systemctl disable --now docker');
      ended(await bare.run(['systemctl', 'disable', '--now', 'docker']));
      expect(await said('systemctl', 'is-enabled', 'docker')).toBe('disabled');
      ended(await bare.run(['systemctl', 'enable', '--now', 'docker.socket', 'docker']));
    },
    2 * MINUTE,
  );

  test(
    'the doctor puts a login into the group docker, and its undo line takes it out',
    async () => {
      const members = async (): Promise<string> => said('getent', 'group', 'docker');
      expect(await members()).not.toContain(LOGIN.name);
      const {undo} = await mended({asLogin: true});
      expect(await members()).toContain(LOGIN.name);
      const line = `sudo gpasswd -d ${LOGIN.name} docker`;
      expect(undo).toContain(line);
      ended(await bare.run(line.split(' '), {asLogin: true}));
      expect(await members()).not.toContain(LOGIN.name);
    },
    2 * MINUTE,
  );

  test(
    'a login gets an engine of its own, and --undo takes it away',
    async () => {
      const folder = `/run/user/${LOGIN.uid}`;
      const env = {XDG_RUNTIME_DIR: folder, DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder}/bus`};
      const mine = {asLogin: true, env};
      ended(await bare.gpudock(['setup', '--yes', '--rootless'], mine));
      const info = ended(
        await bare.run(['docker', 'info', '--format', '{{.DockerRootDir}} {{.SecurityOptions}}'], mine),
      );
      expect(info.stdout).toMatch(/^\/home\/ada\/\.local\/share\/docker .*rootless/);
      expect((await bare.gpudock(['setup', '--check'], mine)).exit).toBe(0);
      ended(await bare.gpudock(['setup', '--undo', '--yes'], mine));
      expect((await bare.run(['docker', 'context', 'ls', '--format', '{{.Name}}'], mine)).stdout.trim()).toBe(
        'default',
      );
    },
    2 * MINUTE,
  );
});
