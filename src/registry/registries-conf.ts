import {homedir} from 'node:os';
import {join} from 'node:path';
import * as z from 'zod';
import type {World} from '../world/world.js';

/** What Podman was told of the images whose names begin with `prefix` (containers-registries.conf(5)). */
export interface RegistryTable {
  /** `docker.io/library`, or `*.example.com` for every host below it. */
  prefix: string;
  /** What stands in the prefix's place where images are asked for. */
  location: string;
  insecure: boolean;
  blocked: boolean;
  /** In the order to try, before the location. */
  mirrors: {location: string; insecure: boolean; pulls: 'all' | 'digest-only' | 'tag-only'}[];
}

const LIMIT = 1024 * 1024;
const MOST_FILES = 50;

const Mirror = z.object({
  location: z.string(),
  insecure: z.boolean().default(false),
  'pull-from-mirror': z.enum(['all', 'digest-only', 'tag-only']).optional(),
});
const Table = z.object({
  prefix: z.string().optional(),
  location: z.string().optional(),
  insecure: z.boolean().default(false),
  blocked: z.boolean().default(false),
  'mirror-by-digest-only': z.boolean().default(false),
  mirror: z.array(Mirror).default([]),
});
const Conf = z.object({registry: z.array(Table).default([])});

/** The tables of Podman's configuration: the user's file in place of the system's, then the drop-in files over it. */
export async function readRegistriesConf(world: Pick<World, 'env' | 'read' | 'list'>): Promise<RegistryTable[]> {
  const own = join(world.env.XDG_CONFIG_HOME ?? join(world.env.HOME ?? homedir(), '.config'), 'containers');
  const named = world.env.CONTAINERS_REGISTRIES_CONF;
  const files = named ? [named] : [join(own, 'registries.conf'), '/etc/containers/registries.conf'];
  const [main = []] = (await Promise.all(files.map(file => tablesIn(world, file)))).filter(found => found !== null);
  const folders = ['/etc/containers/registries.conf.d', join(own, 'registries.conf.d')];
  const listed = await Promise.all(folders.map(async folder => confFiles(folder, await world.list(folder))));
  const more = await Promise.all(listed.flat().map(file => tablesIn(world, file)));
  const byPrefix = new Map([...main, ...more.flatMap(found => found ?? [])].map(table => [table.prefix, table]));
  return [...byPrefix.values()];
}

function confFiles(folder: string, listing: Awaited<ReturnType<World['list']>>): string[] {
  const names = listing.status === 'ok' ? listing.value.filter(name => name.endsWith('.conf')) : [];
  return names.slice(0, MOST_FILES).map(name => join(folder, name));
}

/** Null: there is no such file, or it is of another form. */
async function tablesIn({read}: Pick<World, 'read'>, path: string): Promise<RegistryTable[] | null> {
  const file = await read(path, LIMIT);
  if (file.status !== 'ok') return null;
  const {parse} = await import('smol-toml');
  try {
    return Conf.parse(parse(Buffer.from(file.value).toString('utf8'))).registry.flatMap(tableOf);
  } catch {
    return null;
  }
}

function tableOf(table: z.infer<typeof Table>): RegistryTable[] {
  const prefix = table.prefix || table.location;
  // A prefix for many hosts has no location of its own.
  const location = table.location || (prefix?.startsWith('*.') ? '' : prefix);
  if (prefix === undefined || location === undefined) return [];
  const byDefault = table['mirror-by-digest-only'] ? 'digest-only' : 'all';
  const mirrors = table.mirror.map(mirror => ({...mirror, pulls: mirror['pull-from-mirror'] ?? byDefault}));
  return [{prefix, location, insecure: table.insecure, blocked: table.blocked, mirrors}];
}

/** The table whose prefix is the longest that a repository (`docker.io/library/python`) begins with; null: none. */
export function tableFor(repository: string, tables: readonly RegistryTable[]): RegistryTable | null {
  const fitting = tables.filter(({prefix}) => beginsWith(repository, prefix));
  return fitting.reduce<RegistryTable | null>(
    (longest, table) => (longest !== null && longest.prefix.length >= table.prefix.length ? longest : table),
    null,
  );
}

function beginsWith(repository: string, prefix: string): boolean {
  if (prefix.startsWith('*.')) return repository.split('/')[0]?.endsWith(prefix.slice(1)) ?? false;
  return repository === prefix || repository.startsWith(`${prefix}/`);
}
