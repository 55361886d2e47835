import type {Host} from '../../contract/host.js';
import {asRoot, type Check, type Diagnosis, hasLocalEngine, mendable} from '../diagnosis.js';

/** What an engine without root lacks until the machine lends it: cgroups to set limits with, and a life after the session. */
export const rootless: Check = (host, {system}) =>
  host.engine.rootless && hasLocalEngine(host)
    ? [...withoutLimits(host), ...endsWithSession(host, system.lingers)]
    : [];

function withoutLimits({engine}: Host): Diagnosis[] {
  if (engine.cgroupDriver !== 'none') return [];
  return [
    {
      id: 'rootless_without_limits',
      severity: 'warning',
      cause:
        'this engine runs without root and was given no cgroups: --memory, --cpus and --pids-limit do nothing, and a job can take the whole machine',
      fix:
        engine.cgroupVersion === 2
          ? 'let systemd start the engine: dockerd-rootless-setuptool.sh install; then: systemctl --user restart docker'
          : 'add systemd.unified_cgroup_hierarchy=1 to the kernel command line, and restart: cgroup v2 is needed; then: dockerd-rootless-setuptool.sh install',
      source: 'https://docs.docker.com/engine/security/rootless/tips/',
    },
  ];
}

function endsWithSession(host: Host, lingers: boolean | null): Diagnosis[] {
  const {name} = host.user;
  if (lingers !== false || name === null) return [];
  return [
    mendable(
      {
        id: 'rootless_ends_at_logout',
        severity: 'warning',
        cause: `the engine is a service of ${name}, and ends with all its containers when ${name} logs out`,
        source: 'https://docs.docker.com/engine/security/rootless/tips/',
      },
      {
        steps: [asRoot(host, 'loginctl', 'enable-linger', name)],
        undo: [asRoot(host, 'loginctl', 'disable-linger', name)],
      },
    ),
  ];
}
