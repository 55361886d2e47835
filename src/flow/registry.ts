import {openClient, type RegistryClient} from '../registry/client.js';
import {NO_SETTINGS, registrySettings} from '../registry/endpoint.js';
import type {World} from '../world/world.js';
import {authorities} from './authorities.js';

const ENGINE_TIMEOUT = 3_000;

/** Registries as this machine reaches them: with the engine's mirrors and proxies. */
export async function openRegistries(world: World, signal: AbortSignal): Promise<RegistryClient> {
  const info = await world.engine('/info', ENGINE_TIMEOUT);
  return openClient(world, {
    settings: info.status === 'ok' ? registrySettings(info.body) : NO_SETTINGS,
    signal,
    certificates: host => authorities(world, host),
  });
}
