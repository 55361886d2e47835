import {readNetwork} from '../environment/network.js';
import type {World} from '../world/world.js';

const LIMIT = 4 * 1024 * 1024;

/** The authorities this machine trusts, and those the engine was given for one registry, as PEM; null: none. */
export async function authorities(world: World, registry: string): Promise<string | null> {
  const folder = `/etc/docker/certs.d/${registry}`;
  const [{certificates}, own] = await Promise.all([readNetwork(world), world.list(folder)]);
  const names = own.status === 'ok' ? own.value.filter(name => name.endsWith('.crt')) : [];
  const files = [...names.map(name => `${folder}/${name}`), ...(certificates === null ? [] : [certificates])];
  const texts = await Promise.all(files.map(file => world.read(file, LIMIT)));
  const found = texts.flatMap(text => (text.status === 'ok' ? [Buffer.from(text.value).toString('utf8')] : []));
  return found.length === 0 ? null : found.join('\n');
}
