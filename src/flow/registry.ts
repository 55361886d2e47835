import {openClient, type RegistryClient} from '../registry/client.js';
import {NO_SETTINGS, registrySettings} from '../registry/endpoint.js';
import type {World} from '../world/world.js';
import {authorities} from './authorities.js';

const ENGINE_TIMEOUT = 3_000;

/** Registries as this machine reaches them: with the engine's mirrors and proxies, where it may be asked. */
export async function openRegistries(
  world: World,
  {engine, signal}: {engine: boolean; signal: AbortSignal},
): Promise<RegistryClient> {
  const info = engine ? await world.engine('/info', ENGINE_TIMEOUT) : null;
  return openClient(world, {
    settings: info?.status === 'ok' ? registrySettings(info.body) : NO_SETTINGS,
    signal,
    certificates: host => authorities(world, host),
  });
}
