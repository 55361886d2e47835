import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {type BareHost, bareHost, LOGIN, lendArchive, SHARED_NETWORK} from '../lab/bare-host.js';
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
