import type {Host} from '../../contract/host.js';
import {asRoot, type Check, type Diagnosis, mendable} from '../diagnosis.js';
import {explainText} from '../explain.js';

/** Clocks further apart than this make certificates and package indexes invalid, in seconds. */
const CLOCK_TOLERANCE = 120;

/** Whether the engine reaches its registry, tells the time, and answers at localhost. */
export const network: Check = (host, {engine, system}) => [
  ...unreachable(engine.registryAnswer),
  ...localhost(host, system.localhost),
  ...clock(engine.clockOffset, host.os.wsl),
];

/** A registry that wants a login was reached. */
const UNREACHED = new Set([
  'registry_dns',
  'registry_proxy',
  'registry_tls',
  'registry_unreachable',
  'registry_rate_limited',
]);

function unreachable(answer: string | null): Diagnosis[] {
  const [match] = answer ? explainText(answer).filter(({id}) => UNREACHED.has(id)) : [];
  if (!match) return [];
  const {id, cause, fix, source, text} = match;
  return [{id, severity: 'warning', cause: `the engine does not reach its registry: ${cause} (${text})`, fix, source}];
}

const HOSTS = '/etc/hosts';
const HOSTS_BEFORE = '/etc/hosts.before-gpudock';

function localhost(host: Host, addresses: readonly string[] | null): Diagnosis[] {
  if (addresses === null || addresses.length === 0 || addresses.some(address => !address.includes(':'))) return [];
  return [
    mendable(
      {
        id: 'localhost_ipv6_only',
        severity: 'warning',
        cause: 'localhost means ::1 alone on this machine, and engines publish ports on 127.0.0.1',
        source: 'https://docs.docker.com/engine/network/port-publishing/',
      },
      {
        steps: [
          asRoot(host, 'cp', '-a', HOSTS, HOSTS_BEFORE),
          asRoot(host, 'sed', '-i', '1i 127.0.0.1 localhost', HOSTS),
        ],
        undo: [asRoot(host, 'mv', HOSTS_BEFORE, HOSTS)],
      },
    ),
  ];
}

function clock(offset: number | null, wsl: boolean | null): Diagnosis[] {
  if (offset === null || Math.abs(offset) <= CLOCK_TOLERANCE) return [];
  return [
    {
      id: 'clock_skew',
      severity: 'warning',
      cause: `the engine's clock is ${Math.abs(Math.round(offset))} s ${offset > 0 ? 'ahead of' : 'behind'} this machine's: certificates and package indexes seem invalid`,
      fix: wsl ? 'wsl --shutdown, in Windows' : 'sudo timedatectl set-ntp true, on the machine of the engine',
      source: 'microsoft/WSL#10006',
    },
  ];
}

/** Ports that containers offer to the whole network; Docker's rules go before the firewall's. */
export const openPorts: Check = (host, {engine}) =>
  (host.engine.remote ? [] : (engine.containers ?? [])).flatMap(({name, openPorts: ports}) =>
    ports.length === 0
      ? []
      : [
          {
            id: 'port_open_to_network',
            severity: 'info' as const,
            cause: `the container ${name} offers port ${ports.join(', ')} on every address of this machine, past ufw and firewalld`,
            fix: `publish it to this machine alone: -p 127.0.0.1:${ports[0]}:PORT`,
            source: 'moby/moby#4737, docker/for-linux#690',
          },
        ],
  );
