import * as z from 'zod';
import {Failure} from '../../failure.js';
import type {World} from '../../world/world.js';

/** The network of one private engine: its bridge, and the addresses that it may give to containers. */
export interface EngineNetwork {
  bridge: string;
  /** The bridge's own address with its prefix length. */
  address: string;
  /** Pool for the networks that users make. */
  pool: string;
  /** All of it: bridge and pool. */
  range: string;
  /** bytes; of the interface that leads out, null: not known */
  mtu: number | null;
}

const Routes = z.array(z.object({dst: z.string(), dev: z.string().optional(), metrics: z.unknown().optional()}));
type Route = z.infer<typeof Routes>[number];

/** Second bytes of 10.x.0.0/16 to try: far from the ranges that Docker, Podman and Kubernetes take by default. */
const CANDIDATES = Array.from({length: 32}, (_, step) => 213 + step);

/** The second byte of the first range that no route of this machine leads to; `before`, if it is still free. */
export function freeRange(routes: readonly Route[], before: number | null): number | null {
  const taken = routes.filter(({dst}) => dst !== 'default').map(({dst}) => intervalOf(dst));
  const candidates = before === null ? CANDIDATES : [before, ...CANDIDATES];
  const free = candidates.find(second => {
    const own = intervalOf(`10.${second}.0.0/16`);
    return taken.every(other => other.last < own.first || own.last < other.first);
  });
  return free ?? null;
}

/** First and last address of `a.b.c.d/n` (a bare address is a /32), as numbers. */
function intervalOf(cidr: string): {first: number; last: number} {
  const [address, length] = cidr.split('/');
  const value = (address ?? '').split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(length ?? 32));
  const first = Math.floor(value / size) * size;
  return {first, last: first + size - 1};
}

/**
 * Makes the bridge and the rules that let containers out. They are ours and not the engine's (`iptables: false`):
 * engines that share a network namespace take the chains of one another, so that only the last one started has a
 * network; and the engine leaves its chains behind when it ends. Ports are published by docker-proxy. `before`: the pool
 * of the last start, which the engine's networks still have their addresses from.
 */
export async function openNetwork(
  world: World,
  env: World['env'],
  bridge: string,
  before: string | null,
): Promise<EngineNetwork> {
  await closeNetwork(world, env, bridge);
  const ip = (...args: string[]): Promise<string> => must(world, env, 'ip', args);
  const routes = Routes.parse(JSON.parse(await ip('-j', '-4', 'route', 'show')));
  const second = freeRange(routes, before === null ? null : Number(before.split('.')[1]));
  if (second === null) throw noRange();
  const network = await describe(world, routes, bridge, second);
  await ip('link', 'add', 'name', bridge, 'type', 'bridge');
  await ip('address', 'add', network.address, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  for (const rule of rules(bridge, network.range)) await must(world, env, 'iptables', insertion(rule));
  return network;
}

async function describe(
  world: World,
  routes: readonly Route[],
  bridge: string,
  second: number,
): Promise<EngineNetwork> {
  const out = routes.find(({dst}) => dst === 'default')?.dev;
  const mtu = out === undefined ? null : await world.read(`/sys/class/net/${out}/mtu`);
  return {
    bridge,
    address: `10.${second}.0.1/24`,
    pool: `10.${second}.128.0/17`,
    range: `10.${second}.0.0/16`,
    mtu: mtu?.status === 'ok' ? Number(Buffer.from(mtu.value).toString('utf8')) : null,
  };
}

/** Removes the bridge, those of the engine's further networks, and every rule that carries its name. */
export async function closeNetwork(world: World, env: World['env'], bridge: string): Promise<void> {
  for (const table of ['nat', 'filter']) {
    const listed = await world.run({program: 'iptables', args: ['-w', '-t', table, '-S'], env});
    for (const rule of listed.stdout.split('\n')) {
      const words = rule.split(' ');
      if (words[0] !== '-A' || !words.includes(mark(bridge))) continue;
      await world.run({program: 'iptables', args: ['-w', '-t', table, '-D', ...words.slice(1)], env});
    }
  }
  for (const name of await bridgesBeside(world, env, bridge))
    await world.run({program: 'ip', args: ['link', 'delete', name], env});
  await world.run({program: 'ip', args: ['link', 'delete', bridge], env});
}

const Links = z.array(
  z.object({ifname: z.string(), addr_info: z.array(z.object({local: z.string().optional()})).default([])}),
);

/** The bridges, `br-…` as the engine calls them, with an address of the same range. */
async function bridgesBeside(world: World, env: World['env'], bridge: string): Promise<string[]> {
  const listed = await world.run({program: 'ip', args: ['-j', '-4', 'address', 'show'], env});
  if (listed.status !== 'ran' || listed.exit !== 0) return [];
  const links = Links.parse(JSON.parse(listed.stdout));
  const rangeOf = (name: string): string | undefined =>
    links
      .find(({ifname}) => ifname === name)
      ?.addr_info[0]?.local?.split('.')
      .slice(0, 2)
      .join('.');
  const range = rangeOf(bridge);
  if (range === undefined) return [];
  return links.map(({ifname}) => ifname).filter(name => name.startsWith('br-') && rangeOf(name) === range);
}

interface Rule {
  table: 'nat' | 'filter';
  chain: string;
  words: string[];
}

/** A comment of letters, digits and hyphens: iptables -S puts any other in quotation marks. */
const mark = (bridge: string): string => `private-engine-${bridge}`;

function rules(bridge: string, range: string): Rule[] {
  const marked = ['-m', 'comment', '--comment', mark(bridge)];
  const answers = ['-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED'];
  return [
    {table: 'nat', chain: 'POSTROUTING', words: ['-s', range, '!', '-d', range, ...marked, '-j', 'MASQUERADE']},
    {table: 'filter', chain: 'FORWARD', words: ['-s', range, ...marked, '-j', 'ACCEPT']},
    {table: 'filter', chain: 'FORWARD', words: ['-d', range, ...answers, ...marked, '-j', 'ACCEPT']},
  ];
}

/** Inserted before the rules of other engines, which end with a refusal. */
const insertion = ({table, chain, words}: Rule): string[] => ['-w', '-t', table, '-I', chain, ...words];

async function must(world: World, env: World['env'], program: string, args: string[]): Promise<string> {
  const outcome = await world.run({program, args, env});
  if (outcome.status === 'ran' && outcome.exit === 0) return outcome.stdout;
  throw new Failure({
    code: 'network_not_permitted',
    message: 'the private engine’s network could not be made',
    cause: `${program}: ${outcome.stderr.trim() || outcome.status}`,
    fix: 'run as root on the machine itself, or in a container with the NET_ADMIN capability',
  });
}

const noRange = (): Failure =>
  new Failure({
    code: 'network_range_taken',
    message: 'no free range of addresses for containers',
    cause: 'routes of this machine lead to all of 10.213.0.0/16 … 10.244.0.0/16',
    fix: 'install Docker and set its default-address-pools',
  });
