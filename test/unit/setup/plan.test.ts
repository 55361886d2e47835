import {describe, expect, test} from '@jest/globals';
import type {Host} from '../../../src/contract/host.js';
import {setupDocument} from '../../../src/setup/document.js';
import {parsePolicy, type SetupFacts, type SetupRequest} from '../../../src/setup/facts.js';
import {planSetup} from '../../../src/setup/plan.js';
import {parseRelease} from '../../../src/setup/release.js';
import type {Group, GroupId} from '../../../src/setup/step.js';
import {evidence, host} from '../diagnosis/machines.js';
import {DISTRIBUTIONS, type Distribution} from './distributions.js';

const REQUEST: SetupRequest = {rootless: false, mirrors: [], dataRoot: null, packages: null};

const NO_ENGINE = {
  engine: {
    kind: null,
    version: null,
    rootDir: null,
    desktop: null,
    snap: null,
    remote: null,
    rootless: null,
    gpuAccess: {cdi: null, hook: false, runtime: null},
  },
} as const;

const bareHost = (part: Parameters<typeof host>[0] = {}): Host => host({...NO_ENGINE, ...part});

/** A machine with a GPU and its driver, and nothing else. */
const bare = (distribution: Distribution, part: Partial<SetupFacts> = {}): SetupFacts => ({
  host: bareHost(),
  release: parseRelease(DISTRIBUTIONS[distribution]),
  systemd: true,
  initScript: false,
  dockerd: false,
  buildx: false,
  installed: new Set(),
  offers: null,
  toolkit: evidence({toolkit: {installed: false, cdiSpecs: []}}).toolkit,
  dockerGroup: null,
  login: 'ada',
  home: '/home/ada',
  daemonConfig: null,
  files: null,
  bundle: null,
  dataRootHolds: null,
  ...part,
});

/** A machine on which nothing is missing. */
const complete = (part: Partial<SetupFacts> = {}): SetupFacts =>
  bare('ubuntu-24.04', {
    host: host(),
    dockerd: true,
    buildx: true,
    toolkit: evidence().toolkit,
    dockerGroup: {gid: 988, members: ['ada']},
    ...part,
  });

const states = (facts: SetupFacts, request: Partial<SetupRequest> = {}): Partial<Record<GroupId, Group['state']>> =>
  Object.fromEntries(planSetup(facts, {...REQUEST, ...request}).groups.map(({id, state}) => [id, state]));

const find = (facts: SetupFacts, id: GroupId, request: Partial<SetupRequest> = {}): Group => {
  const group = planSetup(facts, {...REQUEST, ...request}).groups.find(one => one.id === id);
  if (group === undefined) throw new Error(`no group ${id}`);
  return group;
};

/** Its commands as lines, and its files by their paths. */
const lines = (group: Group): string[] => {
  const {groups} = setupDocument({release: null, groups: [group], notes: []});
  return (groups[0]?.steps ?? []).map(({command, file}) => command ?? file?.path ?? '');
};

const APT =
  'sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-remove';

describe('a bare machine', () => {
  test.each<[Distribution, string[]]>([
    [
      'debian-13',
      [
        'sudo env DEBIAN_FRONTEND=noninteractive apt-get update',
        `${APT} docker.io docker-buildx ca-certificates docker-cli`,
        'docker buildx version',
        'sudo systemctl enable --now docker',
      ],
    ],
    [
      'debian-12',
      [
        '/etc/apt/keyrings/docker.asc',
        '/etc/apt/sources.list.d/docker.sources',
        'sudo env DEBIAN_FRONTEND=noninteractive apt-get update',
        `${APT} docker-ce docker-ce-cli containerd.io docker-buildx-plugin`,
        'docker buildx version',
        'sudo systemctl enable --now docker',
      ],
    ],
    [
      'rocky',
      [
        '/etc/yum.repos.d/docker-ce.repo',
        'sudo dnf install -y docker-ce docker-ce-cli containerd.io docker-buildx-plugin',
        'docker buildx version',
        'sudo systemctl enable --now docker',
      ],
    ],
    [
      'leap',
      [
        'sudo zypper --non-interactive --gpg-auto-import-keys refresh',
        'sudo zypper --non-interactive install docker docker-buildx',
        'docker buildx version',
        'sudo systemctl enable --now docker',
      ],
    ],
    [
      'arch',
      [
        'sudo pacman -S --needed --noconfirm docker docker-buildx',
        'docker buildx version',
        'sudo systemctl enable --now docker',
      ],
    ],
  ])('of %s gets an engine', (name, expected) => expect(lines(find(bare(name), 'engine'))).toEqual(expected));

  test.each<[Distribution, string[]]>([
    [
      'ubuntu-24.04',
      [
        '/etc/apt/keyrings/nvidia-container-toolkit.asc',
        '/etc/apt/sources.list.d/nvidia-container-toolkit.list',
        'sudo env DEBIAN_FRONTEND=noninteractive apt-get update',
        `${APT} nvidia-container-toolkit`,
      ],
    ],
    ['fedora', ['/etc/yum.repos.d/nvidia-container-toolkit.repo', 'sudo dnf install -y nvidia-container-toolkit']],
    [
      'leap',
      [
        '/etc/zypp/repos.d/nvidia-container-toolkit.repo',
        'sudo zypper --non-interactive --gpg-auto-import-keys refresh',
        'sudo zypper --non-interactive install nvidia-container-toolkit',
      ],
    ],
    ['arch', ['sudo pacman -S --needed --noconfirm nvidia-container-toolkit']],
  ])('of %s gets the toolkit', (name, expected) => expect(lines(find(bare(name), 'toolkit'))).toEqual(expected));

  test.each(['debian-12', 'debian-13', 'ubuntu-24.04', 'mint-22', 'fedora', 'rhel', 'leap', 'arch'] as const)(
    '%s: every group has steps, and the last of each is proved',
    name => {
      const {groups} = planSetup(bare(name), REQUEST);
      expect(groups.map(({id, state}) => [id, state])).toEqual([
        ['engine', 'needed'],
        ['access', 'needed'],
        ['toolkit', 'needed'],
        ['gpu', 'needed'],
      ]);
      for (const group of groups) expect(group.steps.at(-1)?.proof).not.toBeNull();
    },
  );

  test('of an unknown distribution: nothing is tried, and nothing that needs an engine', () => {
    expect(states(bare('alpine'))).toEqual({engine: 'blocked', access: 'blocked', toolkit: 'blocked', gpu: 'blocked'});
  });

  test('without systemd is started by its script on Debian, and not at all elsewhere', () => {
    expect(lines(find(bare('debian-13', {systemd: false}), 'engine')).at(-1)).toBe('sudo service docker start');
    expect(states(bare('fedora', {systemd: false})).engine).toBe('blocked');
  });

  test('as root needs no sudo, and no group', () => {
    const root = bare('arch', {host: bareHost({user: {uid: 0, name: 'root'}}), login: null});
    expect(lines(find(root, 'engine'))[0]).toMatch(/^pacman /);
    expect(states(root).access).toBe('done');
  });

  test('without a GPU needs no toolkit; where that is not known nothing is planned', () => {
    expect(states(bare('arch', {host: bareHost({gpus: []})}))).toMatchObject({toolkit: 'done', gpu: 'done'});
    expect(states(bare('arch', {host: bareHost({gpus: null})}))).toMatchObject({toolkit: 'unknown', gpu: 'unknown'});
  });
});

describe('the engine', () => {
  const engine = (part: Parameters<typeof host>[0], more: Partial<SetupFacts> = {}): Group =>
    find(complete({host: host(part), ...more}), 'engine');

  test.each<[string, Parameters<typeof host>[0]]>([
    ['Podman', {engine: {kind: 'podman'}}],
    ['Docker Desktop', {engine: {desktop: true}}],
    ['of another machine', {engine: {remote: true}}],
    ['from snap', {engine: {snap: true}}],
  ])('%s is left as it is, whatever is on the disk', (_, part) => {
    expect(engine(part, {dockerd: false, buildx: false}).state).toBe('done');
  });

  test('without buildx gets that alone, from where the engine came', () => {
    expect(lines(engine({}, {buildx: false}))).toContain(`${APT} docker-buildx`);
    expect(lines(engine({}, {buildx: false, installed: new Set(['docker-ce'])}))).toContain(
      `${APT} docker-buildx-plugin`,
    );
  });

  test('that refuses this user is there', () => {
    const finding = {id: 'docker_permission_denied', severity: 'error', cause: '', fix: '', source: ''} as const;
    expect(engine({...NO_ENGINE, findings: [finding]}).state).toBe('done');
  });

  test('that is installed and stopped is started', () => {
    expect(lines(engine(NO_ENGINE))).toEqual(['sudo systemctl enable --now docker']);
  });

  test('of which nothing is known is not touched', () => {
    expect(engine(NO_ENGINE, {dockerd: null}).state).toBe('unknown');
    expect(engine({}, {buildx: null}).state).toBe('unknown');
  });

  test('comes from a folder, without the network, where one is named', () => {
    const files = ['/usb/docker.io_26_amd64.deb', '/usb/nvidia-container-toolkit_1.18_amd64.deb'];
    const request = {packages: '/usb'};
    expect(lines(find(bare('debian-13', {files}), 'engine', request))[0]).toMatch(
      /SourceList=\/dev\/null.* \/usb\/docker\.io_26_amd64\.deb$/,
    );
    expect(lines(find(bare('debian-13', {files}), 'toolkit', request))).toHaveLength(1);
    expect(states(bare('debian-13', {files: []}), request).engine).toBe('blocked');
  });

  test('comes from a bundle, which is unpacked and removed; what is installed is left as it is', () => {
    const folder = '/home/ada/.cache/gpudock/setup-packages';
    const files = ['docker.io_26_amd64.deb', 'libc6_2.41_amd64.deb'].map(name => `${folder}/${name}`);
    const bundle = {file: '/usb/engine.tar', folder, release: null};
    const group = find(bare('debian-13', {files, bundle, installed: new Set(['libc6'])}), 'engine', {packages: '/usb'});
    const steps = lines(group);
    expect(steps[1]).toBe(`tar --extract --no-same-owner --file /usb/engine.tar --directory ${folder}`);
    expect(steps[2]).toMatch(/ \/home\/ada\/\.cache\/gpudock\/setup-packages\/docker\.io_26_amd64\.deb$/);
    expect(steps[3]).toBe(`rm --recursive --force ${folder}`);
    expect(group.cleanup).toEqual([['rm', '--recursive', '--force', folder]]);
  });

  test('comes from a bundle of rpm files, of which those that are installed are left as they are', () => {
    const files = ['docker-ce-29.1.2-1.fc43.x86_64.rpm', 'device-mapper-libs-1.02.208-2.fc43.x86_64.rpm'];
    const facts = bare('fedora', {
      files: files.map(name => `/usb/${name}`),
      installed: new Set(['device-mapper-libs']),
    });
    expect(lines(find(facts, 'engine', {packages: '/usb'}))[0]).toBe(
      "sudo dnf install -y '--disablerepo=*' /usb/docker-ce-29.1.2-1.fc43.x86_64.rpm",
    );
  });
});

describe('access', () => {
  const outside = {host: host({user: {groups: [1000]}}), dockerGroup: {gid: 988, members: []}};

  test('by the group docker, which can be left again', () => {
    expect(lines(find(complete(outside), 'access'))).toEqual(['sudo usermod --append --groups docker ada']);
    expect(states(complete()).access).toBe('done');
    expect(states(complete({dockerGroup: {gid: 988, members: ['ada']}, host: host({user: {groups: []}})})).access).toBe(
      'done',
    );
    expect(states(complete({dockerGroup: null})).access).toBe('unknown');
  });

  test("by an engine of one's own", () => {
    const own = lines(find(bare('debian-13'), 'access', {rootless: true}));
    expect(own[0]).toBe(`${APT} rootlesskit uidmap slirp4netns iproute2 dbus-user-session`);
    expect(own).toContainEqual(
      expect.stringMatching(
        /^env PATH=\/home\/ada\/\.local\/share\/gpudock\/rootless:\S+ dockerd-rootless-setuptool\.sh install$/,
      ),
    );
    expect(lines(find(bare('rocky'), 'access', {rootless: true}))[0]).toBe(
      'sudo dnf install -y docker-ce-rootless-extras',
    );
    expect(find(bare('arch'), 'access', {rootless: true}).state).toBe('blocked');
    expect(find(bare('debian-13', {systemd: false}), 'access', {rootless: true}).state).toBe('blocked');
  });
});

describe('GPUs', () => {
  const without = {engine: {gpuAccess: {cdi: false, hook: false, runtime: false}, cdiDevices: []}};
  const gpu = (version: string, part: Partial<SetupFacts> = {}): Group =>
    find(complete({host: host({engine: {...without.engine, version}}), ...part}), 'gpu');

  test.each([
    ['24.0.7', false],
    ['26.1.5', true],
    ['27.5.1', true],
    ['28.2.0', false],
    ['29.1.0', false],
  ])('Docker %s is told of CDI: %s', (version, told) => {
    expect(lines(gpu(version))[0]?.includes('--cdi.enabled')).toBe(told);
  });

  test("the distribution's version counts where no engine answers yet", () => {
    const offers = new Map([
      ['docker.io', '26.1.5+dfsg1-9+b9'],
      ['docker-buildx', '0.13.1'],
    ]);
    expect(lines(find(bare('debian-13', {offers}), 'gpu'))[0]).toContain('--cdi.enabled');
  });

  test('a current specification stays, a stale one is written again where it lies', () => {
    expect(lines(gpu('28.3.0')).filter(line => line.includes('generate'))).toEqual([]);
    const stale = evidence({
      toolkit: {cdiSpecs: [{path: '/etc/cdi/nvidia.yaml', driverVersions: ['550.54.14']}]},
    }).toolkit;
    expect(lines(gpu('28.3.0', {toolkit: stale}))).toContain(
      'sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml',
    );
  });

  test.each([
    ['systemd and toolkit 1.18', true, '1.18.0', '/var/run/cdi/nvidia.yaml'],
    ['toolkit 1.17', true, '1.17.8', '/etc/cdi/nvidia.yaml'],
    ['no systemd', false, '1.18.0', '/etc/cdi/nvidia.yaml'],
  ])('with %s the specification lies where it lasts', (_, systemd, toolkit, path) => {
    const none = evidence({toolkit: {cdiSpecs: []}}).toolkit;
    const facts = complete({
      host: host({...without, toolkit: {version: toolkit}}),
      toolkit: none,
      systemd,
      initScript: true,
    });
    expect(lines(find(facts, 'gpu'))).toContain(`sudo nvidia-ctk cdi generate --output=${path}`);
  });

  test('come after the driver, which setup never installs', () => {
    const facts = complete({host: host({...without, driver: {status: 'absent', version: null}})});
    expect(find(facts, 'gpu').state).toBe('blocked');
    const plan = planSetup(facts, REQUEST);
    expect(plan.notes.join()).toMatch(/no NVIDIA driver.*leaves it to you.*ubuntu-drivers install/);
    expect(plan.groups.flatMap(lines).join()).not.toMatch(/nvidia-driver|ubuntu-drivers|cuda-drivers|nvidia-open/);
  });

  test("of a user's own engine are never looked for in the system's daemon.json", () => {
    const rootless = complete({host: host({engine: {...without.engine, rootless: true}})});
    expect(find(rootless, 'gpu')).toMatchObject({state: 'blocked', steps: []});
    expect(states(complete({host: host({engine: {rootless: true}})})).gpu).toBe('done');
  });

  test('under WSL2 without systemd: the script starts Docker, and the specification outlives a boot', () => {
    const os = {wsl: true};
    const wsl = bare('ubuntu-24.04', {host: bareHost({os, driver: {flavor: 'wsl'}}), systemd: false});
    expect(lines(find(wsl, 'engine')).at(-1)).toBe('sudo service docker start');
    expect(lines(find(wsl, 'gpu'))).toEqual([
      'sudo nvidia-ctk runtime configure --runtime=docker',
      'sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml',
      'sudo service docker stop',
      'sudo service docker start',
    ]);
  });

  test('under WSL2 get their driver on Windows', () => {
    const facts = complete({host: host({os: {wsl: true}, driver: {status: 'absent'}})});
    expect(planSetup(facts, REQUEST).notes.join()).toContain('Windows');
  });

  test('of Podman need a specification alone', () => {
    const podman = host({engine: {kind: 'podman', cdiDevices: []}});
    const none = evidence({toolkit: {cdiSpecs: []}}).toolkit;
    expect(lines(find(complete({host: podman, toolkit: none}), 'gpu'))).toHaveLength(1);
    expect(states(complete({host: podman})).gpu).toBe('done');
  });
});

describe('mirrors and the place of images', () => {
  test('are planned only where they are asked for', () => {
    expect(Object.keys(states(complete()))).toEqual(['engine', 'access', 'toolkit', 'gpu']);
  });

  test('a mirror that is there is done, with or without its slash', () => {
    const request = {mirrors: ['https://mirror.example.com/']};
    const daemonConfig = '{"registry-mirrors": ["https://mirror.example.com"]}';
    expect(states(complete({daemonConfig}), request).mirrors).toBe('done');
    expect(lines(find(complete(), 'mirrors', request))).toEqual([
      '/etc/docker/daemon.json',
      'sudo systemctl kill --kill-who=main --signal=HUP docker',
    ]);
  });

  test('images are copied while Docker stands still, and compared before it is told', () => {
    const group = find(complete(), 'data-root', {dataRoot: '/data/docker'});
    expect(lines(group)).toEqual([
      'sudo systemctl stop docker.service docker.socket',
      'sudo mkdir --parents /data/docker',
      'sudo cp --archive --one-file-system --no-target-directory /var/lib/docker /data/docker',
      '/etc/docker/daemon.json',
      'sudo systemctl enable --now docker',
    ]);
    expect(group.steps[2]?.proof).toEqual({kind: 'same-tree', from: '/var/lib/docker', to: '/data/docker'});
  });

  test('of a Docker that answers are there without buildx too, and need an engine where none can be had', () => {
    const part = {release: parseRelease(DISTRIBUTIONS['debian-12']), buildx: false};
    const request = {dataRoot: '/data/docker', mirrors: ['https://mirror.example.com/']};
    const answering = planSetup(complete(part), {...REQUEST, ...request});
    expect(answering.groups.map(({id, state}) => [id, state])).toEqual(
      expect.arrayContaining([
        ['engine', 'blocked'],
        ['mirrors', 'needed'],
        ['data-root', 'needed'],
      ]),
    );
    const none = planSetup(bare('alpine'), {...REQUEST, ...request});
    expect(none.groups.filter(({state}) => state === 'needed')).toEqual([]);
    expect(none.notes.join()).not.toMatch(/old folder of images/);
  });

  test.each<[string, string, Partial<SetupFacts>]>([
    ['into themselves', '/var/lib/docker/more', {}],
    ['into a folder that holds something', '/data/docker', {dataRootHolds: ['lost+found']}],
    ['of Docker Desktop', '/data/docker', {host: host({engine: {desktop: true}})}],
  ])('images do not move %s', (_, dataRoot, part) => {
    expect(states(complete(part), {dataRoot})['data-root']).toBe('blocked');
  });

  test('images that live there stay', () => {
    expect(states(complete(), {dataRoot: '/var/lib/docker'})['data-root']).toBe('done');
  });
});

test('apt-cache policy names candidates; (none) is none', () => {
  const text =
    'docker.io:\n  Installed: (none)\n  Candidate: 26.1.5\n  Version table:\ndocker-ce:\n  Candidate: (none)\n';
  expect([...parsePolicy(text)]).toEqual([['docker.io', '26.1.5']]);
});
