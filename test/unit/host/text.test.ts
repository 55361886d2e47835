import {describe, expect, test} from '@jest/globals';
import {hostOf} from '../../../src/host/probe.js';
import type {Answer, SourceReading} from '../../../src/host/reading.js';
import {withUsers} from '../../../src/host/users.js';
import {renderHost} from '../../../src/ui/host.js';
import {liveWorld} from '../../../src/world/live.js';

const answer = (source: string, says: SourceReading): Answer => ({source, status: 'ok', says});

describe('for people', () => {
  const answers = [
    answer('nvidia-smi', {
      driver: {version: '580.95.05', cudaVersion: '13.0', flavor: 'open'},
      gpus: [
        {
          index: 0,
          name: 'NVIDIA L40S',
          busId: '00000000:91:00.0',
          memoryMiB: 46_068,
          usedMiB: 657,
          utilization: 3,
          state: 'ok',
        },
        {index: 1, name: 'NVIDIA H100', migMode: 'enabled', state: 'lost'},
      ],
      troubles: [{id: 'empty_output', detail: 'x'}],
    }),
    answer('engine API', {
      engine: {kind: 'docker', version: '28.5.2', rootless: true, cgroupVersion: 2},
      gpuAccess: {cdi: true, hook: false, runtime: true},
    }),
    answer('system', {
      os: {platform: 'linux', distro: 'debian', release: '12'},
      resources: {cpus: 8, memoryMiB: 32_000, diskFreeMiB: 900},
    }),
  ];

  test('a fact a line, aligned, what is unknown said so, findings worst first', () => {
    expect(renderHost(hostOf(answers, {}))).toBe(
      [
        'System      debian 12',
        'Driver      NVIDIA 580.95.05 · open · CUDA up to 13.0 · a GPU is lost',
        'GPU 0       NVIDIA L40S · compute 8.9 · 657 MiB of 45 GiB used · 3 % busy · 00000000:91:00.0',
        'GPU 1       NVIDIA H100 · compute 9.0 · MIG on · LOST',
        'Engine      docker 28.5.2 · rootless · cgroup v2',
        'GPU access  CDI, nvidia runtime',
        'Resources   8 CPUs · 31 GiB memory · 900 MiB disk free',
        '',
        'error: a GPU no longer answers on the PCI bus (GPU 1)',
        '  fix: sudo reboot; if it comes back: check power, seating and temperature',
        '  source: nvidia-smi',
        '',
        'warning: nvidia-smi printed no report (x)',
        '  fix: nvidia-smi',
        '  source: nvidia-smi',
      ].join('\n'),
    );
  });

  test('nothing known', () => {
    expect(renderHost(hostOf([], {}))).toBe(
      ['System', 'Driver', 'GPU', 'Engine', 'GPU access', 'Resources']
        .map(label => `${label.padEnd(10)}  unknown`)
        .join('\n'),
    );
  });

  test('overrides are named', () => {
    const text = renderHost(hostOf(answers, {GPUDOCK_DRIVER: '535.1', GPUDOCK_GPU: 'T4'}));
    expect(text).toContain('Overridden  driver.version, by GPUDOCK_DRIVER');
    expect(text).toContain('Overridden  gpus, by GPUDOCK_GPU');
  });

  test('outside text cannot move the cursor, break a line or turn the reading direction', () => {
    const name = '\u001b[2Jevil\nGPU 9  fake\u202e\u0007';
    const text = renderHost(
      hostOf([answer('nvidia-smi', {gpus: [{index: 0, name}], troubles: [{id: 'gpu_lost', detail: name}]})], {}),
    );
    expect(text).toContain('evil GPU 9  fake');
    expect(text.split('\n')).toHaveLength(10);
  });
});

describe('users of GPU processes', () => {
  const ask = async (listing: string, name: string) => {
    const host = hostOf(
      [answer('x', {gpus: [{index: 0, processes: [{pid: 7, name, user: null, type: 'C', usedMiB: 1}]}]})],
      {},
    );
    const world = {
      ...liveWorld(() => async () => ({status: 'not-found', detail: ''})),
      run: async () => ({status: 'ran' as const, exit: 0, stdout: listing, stderr: ''}),
    };
    return (await withUsers(host, world, 1_000)).gpus?.[0]?.processes?.[0]?.user;
  };

  test.each([
    ['its path', '      7 alice python3', '/usr/bin/python3', 'alice'],
    ['a long name, cut by the kernel', '7 alice a-very-long-nam', '/opt/a-very-long-name', 'alice'],
    ['arguments behind it', '7 alice python', 'python train.py', 'alice'],
    ['another process of the same number', '7 bob bash', '/usr/bin/python3', null],
    ['no such process', '', 'python3', null],
    ['a ps that answers otherwise', 'PID USER COMMAND', 'python3', null],
  ])('%s', async (_, listing, name, user) => {
    expect(await ask(listing, name)).toBe(user);
  });
});
