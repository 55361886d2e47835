import {describe, expect, test} from '@jest/globals';
import {written} from '../../../src/diagnosis/diagnosis.js';
import {diagnose} from '../../../src/diagnosis/doctor.js';
import {mend, withFindings} from '../../../src/diagnosis/mend.js';
import {captureWorld, enginePlace} from '../../../src/host/capture.js';
import {REACH} from '../../../src/host/evidence/engine.js';
import {readEvidence} from '../../../src/host/evidence.js';
import {probe} from '../../../src/host/probe.js';
import type {Command, Outcome} from '../../../src/world/world.js';
import {bytesOf, layOut, placesOf, recordings, testEach} from '../host/layout.js';
import {evidence, gpu, host, nothingKnown} from './machines.js';

type HostPart = Parameters<typeof host>[0];
type EvidencePart = Parameters<typeof evidence>[0];

const NO_ACCESS = {gpuAccess: {cdi: false, hook: false, runtime: false}, cdiDevices: []};
const BY_HOOK = {gpuAccess: {cdi: false, hook: true, runtime: true}, cdiDevices: []};

const found: [string, HostPart, EvidencePart, string, RegExp][] = [
  [
    'no driver',
    {driver: {status: 'absent', version: null}},
    {driver: {moduleVersion: null, libraryVersions: null}},
    'error driver_absent',
    /^sudo ubuntu-drivers install/,
  ],
  ...(
    [
      ['debian', [], /^sudo apt-get install -y nvidia-driver /],
      ['linuxmint', ['ubuntu', 'debian'], /^sudo ubuntu-drivers install/],
      ['pop', ['ubuntu', 'debian'], /^sudo apt-get install -y system76-driver-nvidia/],
      ['manjaro', ['arch'], /^sudo mhwd -a pci nonfree/],
      ['endeavouros', ['arch'], /^sudo pacman -S nvidia-open/],
      ['almalinux', ['rhel', 'centos', 'fedora'], /sudo dnf install -y nvidia-open/],
      ['sles', ['suse'], /sudo zypper install nvidia-open/],
      ['bazzite', ['fedora'], /^this system's image is read-only/],
    ] as const
  ).map(([distro, like, fix]): (typeof found)[number] => [
    `no driver, on ${distro}`,
    {os: {distro, like: [...like]}, driver: {status: 'absent', version: null}},
    {driver: {moduleVersion: null, libraryVersions: null}},
    'error driver_absent',
    fix,
  ]),
  [
    'nouveau',
    {driver: {status: 'not-loaded', version: null}},
    {driver: {modules: ['nouveau'], moduleVersion: null}},
    'error driver_not_loaded',
    /blacklist nouveau/,
  ],
  [
    'no module for this kernel',
    {driver: {status: 'not-loaded', version: null}},
    {driver: {modules: [], builtForKernel: false, moduleVersion: null}},
    'error driver_not_loaded',
    /^sudo dkms autoinstall && sudo modprobe nvidia$/,
  ],
  [
    'the same without DKMS, on Debian',
    {driver: {status: 'not-loaded', version: null}},
    {driver: {modules: [], builtForKernel: false, dkms: false, moduleVersion: null}},
    'error driver_not_loaded',
    /apt-get install --reinstall/,
  ],
  [
    'Secure Boot',
    {driver: {status: 'not-loaded', version: null}},
    {driver: {modules: [], moduleVersion: null}},
    'error driver_not_loaded',
    /mokutil --import/,
  ],
  [
    'not loaded yet',
    {driver: {status: 'not-loaded', version: null}},
    {driver: {modules: [], secureBoot: false, moduleVersion: null}},
    'error driver_not_loaded',
    /^sudo modprobe nvidia$/,
  ],
  [
    'not loaded, and nobody can see why',
    {driver: {status: 'not-loaded', version: null}},
    {driver: {modules: [], secureBoot: null, builtForKernel: null, moduleVersion: null}},
    'error driver_not_loaded',
    /^sudo modprobe nvidia$/,
  ],
  [
    'driver updated, not restarted',
    {},
    {driver: {moduleVersion: '570.133.20'}, toolkit: {cdiSpecs: []}},
    'error driver_library_mismatch',
    /^sudo reboot$/,
  ],
  [
    'a GPU off the bus',
    {},
    {driver: {kernelLog: 'NVRM: Xid (PCI:0000:01:00): 79, pid=12, GPU has fallen off the bus.'}},
    'error gpu_lost',
    /reboot/,
  ],
  [
    'MIG without instances',
    {gpus: [gpu({mig: {mode: 'enabled', devices: []}})]},
    {},
    'error mig_without_instance',
    /mig -cgi/,
  ],
  [
    'fabric manager stopped',
    {},
    {driver: {nvSwitches: 6, fabricManager: 'failed'}},
    'error fabric_manager_not_ready',
    /systemctl enable --now nvidia-fabricmanager/,
  ],
  ['fabric manager missing', {}, {driver: {nvSwitches: 6}}, 'error fabric_manager_not_ready', /580\.95\.05/],
  [
    'persistence off',
    {},
    {driver: {persistence: ['Disabled', 'Disabled']}},
    'info persistence_mode_off',
    /nvidia-persistenced/,
  ],
  [
    'a persistence daemon that failed',
    {},
    {driver: {persistenced: 'failed'}},
    'warning persistenced_failed',
    /^sudo systemctl restart nvidia-persistenced$/,
  ],
  [
    'a driver of Windows that does not answer',
    {os: {wsl: true}, driver: {status: 'not-loaded', version: null}},
    {},
    'error driver_not_loaded',
    /wsl --shutdown/,
  ],
  [
    'a driver of Windows that was updated',
    {os: {wsl: true}, driver: {status: 'version-mismatch'}},
    {driver: {libraryVersions: ['580.97']}},
    'error driver_library_mismatch',
    /^in PowerShell: wsl --shutdown/,
  ],
  [
    'Docker stopped',
    {engine: {kind: null}},
    {engine: {unit: 'failed'}},
    'error docker_daemon_unreachable',
    /enable --now docker/,
  ],
  [
    'no engine',
    {engine: {kind: null}},
    {engine: {unit: 'absent', answer: 'not-found'}},
    'error docker_daemon_unreachable',
    /^gpudock setup$/,
  ],
  [
    'nobody behind the socket',
    {engine: {kind: null}},
    {engine: {unit: null, answer: 'error'}},
    'error docker_daemon_unreachable',
    /systemctl status docker/,
  ],
  [
    'an engine that hangs',
    {engine: {kind: null}},
    {engine: {answer: 'timeout'}},
    'error docker_daemon_hangs',
    /restart docker/,
  ],
  [
    'a toolkit newer than the daemon',
    {engine: {...BY_HOOK, cgroupDriver: 'cgroupfs'}},
    {engine: {hookNewer: true}, toolkit: {cdiSpecs: []}},
    'warning docker_restart_needed',
    /^sudo systemctl restart docker$/,
  ],
  [
    'nouveau, Fedora',
    {os: {distro: 'fedora'}, driver: {status: 'not-loaded', version: null}},
    {driver: {modules: ['nouveau'], moduleVersion: null}},
    'error driver_not_loaded',
    /dracut --force/,
  ],
  [
    'no module for this kernel, openSUSE',
    {os: {distro: 'opensuse-leap'}, driver: {status: 'not-loaded', version: null}},
    {driver: {modules: [], builtForKernel: false, dkms: false, moduleVersion: null}},
    'error driver_not_loaded',
    /zypper install/,
  ],
  [
    'not in the group docker',
    {
      user: {groups: [1000]},
      findings: [{id: 'docker_permission_denied', severity: 'error', cause: '', fix: '', source: ''}],
    },
    {system: {dockerGroup: {gid: 988, members: []}}},
    'error docker_permission_denied',
    /usermod -aG docker ada/,
  ],
  [
    'in the group, old session',
    {
      user: {groups: [1000]},
      findings: [{id: 'docker_permission_denied', severity: 'error', cause: '', fix: '', source: ''}],
    },
    {},
    'error docker_permission_denied',
    /newgrp docker/,
  ],
  ['snap', {engine: {...NO_ACCESS, snap: true}}, {}, 'error docker_from_snap', /snap remove docker/],
  [
    'Docker Desktop on Linux',
    {engine: {...NO_ACCESS, desktop: true}},
    {},
    'error docker_desktop_without_gpu',
    /docker context use default/,
  ],
  [
    "another machine's engine",
    {engine: {...NO_ACCESS, remote: true}},
    {},
    'info engine_elsewhere',
    /docker context use default/,
  ],
  [
    'rootless, without cgroups to set limits with',
    {engine: {rootless: true, cgroupDriver: 'none'}},
    {toolkit: {noCgroups: true}},
    'warning rootless_without_limits',
    /dockerd-rootless-setuptool\.sh install/,
  ],
  [
    'the same on cgroup v1',
    {engine: {rootless: true, cgroupDriver: 'none', cgroupVersion: 1}},
    {toolkit: {noCgroups: true}},
    'warning rootless_without_limits',
    /systemd\.unified_cgroup_hierarchy=1/,
  ],
  [
    'rootless, and gone with the session',
    {engine: {rootless: true}},
    {toolkit: {noCgroups: true}, system: {lingers: false}},
    'warning rootless_ends_at_logout',
    /^sudo loginctl enable-linger ada$/,
  ],
  ['userns-remap', {engine: {gpuAccess: {cdi: null}, usernsRemap: true}}, {}, 'warning userns_remap', /--userns=host/],
  ['an old Docker', {engine: {version: '20.10.7'}}, {}, 'warning engine_too_old', /update Docker/],
  [
    'toolkit missing',
    {engine: NO_ACCESS},
    {toolkit: {installed: false, cdiSpecs: []}},
    'error no_gpu_device_driver',
    /^gpudock setup/,
  ],
  [
    'toolkit missing, Arch, which has it',
    {os: {distro: 'arch'}, engine: NO_ACCESS},
    {toolkit: {installed: false, cdiSpecs: []}},
    'error no_gpu_device_driver',
    /^sudo pacman -S --noconfirm nvidia-container-toolkit && sudo cp -a .* && sudo nvidia-ctk runtime configure/,
  ],
  [
    'toolkit not configured',
    {engine: NO_ACCESS},
    {toolkit: {cdiSpecs: []}},
    'error no_gpu_device_driver',
    /&& sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker$/,
  ],
  [
    'configured, not restarted',
    {engine: {runtimes: ['runc']}},
    {},
    'error docker_restart_needed',
    /^sudo systemctl restart docker$/,
  ],
  [
    'stale CDI specification',
    {},
    {toolkit: {cdiSpecs: [{path: '/etc/cdi/nvidia.yaml', driverVersions: ['570.133.20']}]}},
    'error cdi_spec_stale',
    /--output=\/etc\/cdi\/nvidia\.yaml/,
  ],
  [
    'Podman without CDI',
    {engine: {kind: 'podman', gpuAccess: {cdi: false}, cdiDevices: []}},
    {toolkit: {cdiSpecs: []}},
    'error cdi_unresolvable',
    /cdi generate/,
  ],
  [
    'no-cgroups with a root engine',
    {engine: {gpuAccess: {cdi: null}}},
    {toolkit: {noCgroups: true}},
    'error no_cgroups_set',
    /no-cgroups=false/,
  ],
  [
    "a rootless engine that was not told of the toolkit: its user's configuration, and no root",
    {engine: {...NO_ACCESS, rootless: true}},
    {engine: {configFile: '/home/ada/.config/docker/daemon.json', daemonConfig: {}}, toolkit: {noCgroups: true}},
    'error no_gpu_device_driver',
    /^cp -a (\S+) \1\.before-gpudock && nvidia-ctk runtime configure --runtime=docker --config=\1 && systemctl --user restart docker$/,
  ],
  [
    'the same, where its user is not known',
    {engine: {...NO_ACCESS, rootless: true}},
    {engine: {configFile: null, daemonConfig: null}, toolkit: {noCgroups: true}},
    'error no_gpu_device_driver',
    /^nvidia-ctk runtime configure --runtime=docker --config="\$HOME\/\.config\/docker\/daemon\.json" && systemctl --user restart docker$/,
  ],
  [
    'a rootless engine without no-cgroups',
    {engine: {gpuAccess: {cdi: null}, rootless: true}},
    {},
    'error cgroup_device_denied',
    /no-cgroups=true/,
  ],
  [
    'GPUs that a daemon-reload takes',
    {engine: BY_HOOK},
    {toolkit: {cdiSpecs: []}},
    'warning gpu_lost_on_daemon_reload',
    /--cdi\.enabled/,
  ],
  [
    'a container without its GPU',
    {},
    {engine: {containers: [{name: 'trainer', openPorts: [], smi: 'Failed to initialize NVML: Unknown Error'}]}},
    'error container_lost_gpu',
    /^docker restart trainer$/,
  ],
  ['vfs', {}, {engine: {storageDriver: 'vfs'}}, 'warning storage_driver_slow', /overlay2/],
  ['little space', {resources: {diskFreeMiB: 9_000}}, {}, 'warning disk_full', /docker system df/],
  ['no space', {resources: {diskFreeMiB: 900}}, {}, 'error disk_full', /docker system df/],
  ['a small /dev/shm', {resources: {shmMiB: 64}}, {}, 'warning shm_too_small', /remount,size=50%/],
  [
    'little locked memory, rootless',
    {engine: {rootless: true}},
    {toolkit: {noCgroups: true}, system: {memlockKiB: 64}},
    'warning memlock_too_small',
    /memlock unlimited/,
  ],
  [
    'an open port',
    {},
    {engine: {containers: [{name: 'nb', openPorts: [8888], smi: null}]}},
    'info port_open_to_network',
    /-p 127\.0\.0\.1:8888/,
  ],
  [
    'no DNS in the engine',
    {},
    {
      engine: {
        registryAnswer:
          'Error response from daemon: Get "https://index.docker.io/v1/search": dial tcp: lookup index.docker.io on 127.0.0.53:53: no such host',
      },
    },
    'warning registry_dns',
    /"dns"/,
  ],
  [
    'no proxy',
    {},
    {
      engine: {
        registryAnswer:
          'Error response from daemon: proxyconnect tcp: dial tcp 127.0.0.1:3128: connect: connection refused',
      },
    },
    'warning registry_proxy',
    /proxy/,
  ],
  [
    'localhost by IPv6 alone',
    {},
    {system: {localhost: ['::1']}},
    'warning localhost_ipv6_only',
    /127\.0\.0\.1 localhost/,
  ],
  ['a clock behind', {}, {engine: {clockOffset: -3_600}}, 'warning clock_skew', /set-ntp/],
  [
    'a hook where nobody looks',
    {engine: {gpuAccess: {cdi: false, hook: false, runtime: true}}},
    {engine: {strayHook: '/opt/nvidia/toolkit/nvidia-container-runtime-hook'}, toolkit: {cdiSpecs: []}},
    'error nvidia_hook_not_on_path',
    /ln -s/,
  ],
  [
    'CDI off',
    {engine: {gpuAccess: {cdi: false, hook: true}, cgroupDriver: 'cgroupfs'}},
    {engine: {cdiFolders: []}},
    'info cdi_not_enabled',
    /--cdi\.enabled/,
  ],
];

describe('what the doctor finds', () => {
  test.each(found)('%s', (_, hostPart, evidencePart, expected, fix) => {
    const findings = diagnose(host(hostPart), evidence(evidencePart));
    const named = findings.map(({severity, id}) => `${severity} ${id}`);
    expect(named).toContain(expected);
    const finding = findings[named.indexOf(expected)];
    expect(finding?.fix).toMatch(fix);
    expect(finding?.source).not.toBe('');
    // One breakage, one error.
    expect(named.filter(name => name.startsWith('error ') && name !== expected)).toEqual([]);
  });
});

describe('what it leaves alone', () => {
  test('a healthy machine', () => {
    expect(diagnose(host(), evidence())).toEqual([]);
  });

  test('a machine of which nothing more is known', () => {
    expect(diagnose(host(), nothingKnown)).toEqual([]);
  });

  test.each([
    ['without GPU', {gpus: [], driver: {status: 'absent', version: null}, engine: NO_ACCESS}, {}],
    ['of which no GPU is known', {gpus: null, engine: NO_ACCESS}, {}],
    [
      'with MIG instances',
      {
        gpus: [
          gpu({mig: {mode: 'enabled', devices: [{uuid: 'MIG-1', profile: '1g.10gb', gi: 1, ci: 0, memoryMiB: 9_728}]}}),
        ],
      },
      {},
    ],
    [
      'whose instances the source does not show',
      {gpus: [gpu({sources: ['nvidia-smi --query-gpu'], mig: {mode: 'enabled', devices: []}})]},
      {},
    ],
    ['under WSL2, whose driver files bear other numbers', {os: {wsl: true}}, {driver: {libraryVersions: ['580.97']}}],
    [
      'with files of an older driver beside those that run',
      {},
      {driver: {libraryVersions: ['535.54.03', '580.95.05']}},
    ],
    [
      'with another engine than the one that reads daemon.json',
      {engine: {runtimes: ['runc'], rootDir: '/home/ada/.local/share/docker', gpuAccess: {cdi: true}}},
      {},
    ],
    [
      "with a snap, whose files are not this machine's",
      {engine: {snap: true, cgroupDriver: 'systemd', gpuAccess: {cdi: false, hook: null}}},
      {engine: {cdiFolders: []}, toolkit: {noCgroups: true}},
    ],
    ['with a snap that has set the runtime up', {engine: {snap: true, gpuAccess: {cdi: null, hook: null}}}, {}],
    ['with an engine that cannot tell', {engine: {gpuAccess: {cdi: null, hook: null, runtime: false}}}, {}],
    [
      'with Docker Desktop under WSL2',
      {os: {wsl: true}, engine: {desktop: true, gpuAccess: {cdi: null, hook: null, runtime: true}}},
      {},
    ],
    ['with a rootless engine that has cgroups and stays', {engine: {rootless: true}}, {toolkit: {noCgroups: true}}],
    ['with one GPU that sleeps', {}, {driver: {persistence: ['Disabled']}}],
    ['without internet, whose engine said nothing', {}, {engine: {registryAnswer: null}}],
  ] as [string, HostPart, EvidencePart][])('a machine %s', (_, hostPart, evidencePart) => {
    expect(diagnose(host(hostPart), evidence(evidencePart))).toEqual([]);
  });
});

describe('order and document', () => {
  test('worst first, and each id once where probe and check agree', () => {
    const probed = {id: 'gpu_lost', severity: 'error' as const, cause: 'probe', fix: 'x', source: 'nvidia-smi'};
    const broken = host({findings: [probed], resources: {diskFreeMiB: 9_000}});
    const findings = diagnose(
      broken,
      evidence({driver: {kernelLog: 'NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus'}}),
    );
    expect(findings.map(({id}) => id)).toEqual(['gpu_lost', 'disk_full']);
    expect(withFindings(broken, findings).findings.every(finding => !('remedy' in finding))).toBe(true);
  });

  test('root needs no sudo, and words are quoted for a shell', () => {
    const [finding] = diagnose(host({user: {uid: 0}, engine: {kind: null}}), evidence({engine: {unit: 'inactive'}}));
    expect(finding?.fix).toBe('systemctl enable --now docker');
    expect(written([['echo', "it's", 'a b']])).toBe("echo 'it'\\''s' 'a b'");
  });
});

/** Nobody interrupts. */
const NEVER = new AbortController().signal;

describe('fixes', () => {
  const world = (exit: number) => {
    const ran: string[] = [];
    const run = async ({program, args}: Command): Promise<Outcome> => {
      ran.push([program, ...args].join(' '));
      return {status: 'ran', exit, stdout: '', stderr: 'it broke'};
    };
    return {ran, run};
  };
  const findings = diagnose(host({engine: {kind: null}}), evidence({engine: {unit: 'inactive', storageDriver: 'vfs'}}));

  test('run what was agreed to, and tell how to undo it', async () => {
    const {ran, run} = world(0);
    const said: string[] = [];
    const agrees = async () => true;
    expect(await mend({run}, findings, {agrees, say: line => void said.push(line)}, NEVER)).toBe(1);
    expect(ran).toEqual(['sudo systemctl enable --now docker']);
    expect(said.at(-1)).toBe('Undo: sudo systemctl disable --now docker');
  });

  test('run nothing that was refused', async () => {
    const {ran, run} = world(0);
    expect(await mend({run}, findings, {agrees: async () => false, say: () => {}}, NEVER)).toBe(0);
    expect(ran).toEqual([]);
  });

  test('a refused command ends its remedy, and what ran before it can be undone', async () => {
    const {ran, run} = world(0);
    const said: string[] = [];
    const off = diagnose(
      host({engine: {gpuAccess: {cdi: false, hook: true}, cgroupDriver: 'cgroupfs'}}),
      evidence({engine: {cdiFolders: []}}),
    );
    const answers = [true, false];
    const talk = {agrees: async () => answers.shift() ?? true, say: (line: string) => void said.push(line)};
    expect(await mend({run}, off, talk, NEVER)).toBe(1);
    expect(ran).toEqual(['sudo cp -a /etc/docker/daemon.json /etc/docker/daemon.json.before-gpudock']);
    expect(said.at(-1)).toMatch(/^Undo: sudo mv \/etc\/docker\/daemon\.json\.before-gpudock/);
  });

  test('an interrupt ends them', async () => {
    const {run} = world(0);
    const stopped = mend({run}, findings, {agrees: async () => true, say: () => {}}, AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({code: 'interrupted', exit: 130});
  });

  test('stop at a command that fails, with its words', async () => {
    const {run} = world(1);
    const broken = mend({run}, findings, {agrees: async () => true, say: () => {}}, NEVER);
    await expect(broken).rejects.toMatchObject({code: 'fix_failed', details: ['it broke']});
  });
});

const examined = async (places: Parameters<typeof layOut>[0]) => {
  const world = captureWorld(layOut(places));
  const facts = await probe(world);
  return {facts, known: await readEvidence(world, facts)};
};

describe('evidence from a capture', () => {
  test('an empty one proves nothing', async () => {
    const {facts, known} = await examined([]);
    expect(known).toEqual(nothingKnown);
    expect(diagnose(facts, known)).toEqual([]);
  });

  test('each source is read', async () => {
    const {known} = await examined([
      ['files/sys/module/nvidia/version', '580.95.05\n'],
      ['files/proc/modules', 'nvidia_uvm 1 0 - Live 0x0\nnvidia 2 1 nvidia_uvm, Live 0x0\n'],
      ['files/proc/version', 'Linux version 6.8.0-60-generic (build@host)\n'],
      ['files/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c', Uint8Array.of(6, 0, 0, 0, 1)],
      ['listings/lib/modules/6.8.0-60-generic.txt', 'updates\n'],
      ['listings/lib/modules/6.8.0-60-generic/updates/dkms.txt', 'nvidia.ko.zst\n'],
      ['listings/usr/lib/x86_64-linux-gnu.txt', 'libcuda.so.580.95.05\n'],
      ['listings/proc/driver/nvidia-nvswitch/devices.txt', '0000:01:00.0\n'],
      ['commands/dmesg.stdout', '[1] eth0: up\n[2] NVRM: loading\n'],
      ['commands/nvidia-smi-query-gpu-persistence_mode-format-csv-noheader.stdout', 'Enabled\nDisabled\n'],
      [
        'commands/systemctl-show-property-LoadState-ActiveState-nvidia-fabricmanager.stdout',
        'LoadState=loaded\nActiveState=failed\n',
      ],
      [
        'commands/systemctl-show-property-LoadState-ActiveState-docker.stdout',
        'LoadState=not-found\nActiveState=inactive\n',
      ],
      ['files/usr/bin/nvidia-ctk', ''],
      ['files/etc/nvidia-container-runtime/config.toml', '[nvidia-container-cli]\nno-cgroups = true\n'],
      [
        'capture.json',
        JSON.stringify([
          {source: 'listings/var/run/cdi', status: 'not-found'},
          {source: enginePlace(REACH), status: 'error', detail: 'no such host'},
        ]),
      ],
      [
        'files/etc/cdi/nvidia.yaml',
        'kind: nvidia.com/gpu\nmounts:\n- hostPath: /usr/lib/libcuda.so.570.133.20\n- hostPath: /usr/lib/libcuda.so.1\n',
      ],
      ['files/etc/docker/daemon.json', '{"features": {"cdi": true}}'],
      [
        'engine/info.json',
        JSON.stringify({ServerVersion: '28.3.3', Driver: 'vfs', CDISpecDirs: [], SystemTime: '2026-01-01T00:00:00Z'}),
      ],
      ['files/proc/self/limits', 'Max locked memory         67108864             67108864             bytes     \n'],
      ['commands/getent-ahosts-localhost.stdout', '::1             STREAM localhost\n::1             DGRAM\n'],
      ['commands/getent-group-docker.stdout', 'docker:x:988:ada,bob\n'],
      ['files/run/reboot-required', ''],
    ]);
    expect(known).toMatchObject({
      driver: {
        moduleVersion: '580.95.05',
        libraryVersions: ['580.95.05'],
        modules: ['nvidia_uvm', 'nvidia'],
        secureBoot: true,
        builtForKernel: true,
        kernelLog: '[2] NVRM: loading',
        persistence: ['Enabled', 'Disabled'],
        nvSwitches: 1,
        fabricManager: 'failed',
      },
      toolkit: {
        installed: true,
        noCgroups: true,
        cdiSpecs: [{path: '/etc/cdi/nvidia.yaml', driverVersions: ['570.133.20']}],
      },
      engine: {
        daemonConfig: {features: {cdi: true}},
        unit: 'absent',
        storageDriver: 'vfs',
        cdiFolders: [],
        clockOffset: null,
        registryAnswer: 'no such host',
      },
      system: {
        memlockKiB: 65_536,
        localhost: ['::1'],
        dockerGroup: {gid: 988, members: ['ada', 'bob']},
        restartRequired: true,
      },
    });
  });

  test('containers: their open ports, and whether they still have their GPUs', async () => {
    const id = '0123456789ab';
    const Ports = {
      '8888/tcp': [
        {HostIp: '0.0.0.0', HostPort: '8889'},
        {HostIp: '::', HostPort: '8889'},
      ],
      '22/tcp': [{HostIp: '127.0.0.1', HostPort: '22'}],
      '1/tcp': null,
    };
    const container = {
      Id: id,
      Name: '/trainer',
      HostConfig: {DeviceRequests: [{Capabilities: [['gpu']]}], Runtime: 'runc'},
      NetworkSettings: {Ports},
    };
    const {known} = await examined([
      ['engine/info.json', JSON.stringify({ServerVersion: '28.3.3', Driver: 'overlay2'})],
      ['engine/containers/json.json', JSON.stringify([{Id: id}])],
      [`engine/containers/${id}/json.json`, JSON.stringify(container)],
      [`engine/containers/${id}/exec.json`, JSON.stringify({Id: 'abcdef012345'})],
      ['engine/exec/abcdef012345/start.json', JSON.stringify('Failed to initialize NVML: Unknown Error\r\n')],
    ]);
    expect(known.engine.containers).toEqual([
      {name: 'trainer', openPorts: [8889], smi: 'Failed to initialize NVML: Unknown Error\r\n'},
    ]);
  });

  const recorded = recordings().filter(({truth}) => !truth.error_kind);
  describe(`${recorded.length} machines of which no failure is known`, () => {
    testEach('%s: no alarm', recorded, async recording => {
      const {facts, known} = await examined(placesOf(recording, bytesOf(recording)));
      const alarms = diagnose({...facts, findings: []}, known).filter(({severity}) => severity === 'error');
      expect(alarms).toEqual([]);
    });
  });
});
