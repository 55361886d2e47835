import {openClient, type RegistryClient} from '../registry/client.js';
import {NO_SETTINGS, type RegistrySettings, registrySettings} from '../registry/endpoint.js';
import {newestHubTags} from '../registry/hub-tags.js';
import {readRegistriesConf} from '../registry/registries-conf.js';
import type {World} from '../world/world.js';
import {authorities} from './authorities.js';

const ENGINE_TIMEOUT = 3_000;

/** Registries as this machine reaches them: with the engine's mirrors and proxies. */
export async function openRegistries(world: World, signal: AbortSignal): Promise<RegistryClient> {
  return openClient(world, {
    settings: await settingsHere(world),
    signal,
    certificates: host => authorities(world, host),
  });
}

/** The newest tags of a Docker Hub repository, by its own API. */
export type HubTags = (repository: string) => Promise<string[]>;

/** Null where a mirror stands for Docker Hub: what the mirror lacks cannot be pulled here. */
export async function openHub(world: World, signal: AbortSignal): Promise<HubTags | null> {
  const {mirrors, tables, proxies} = await settingsHere(world);
  if (mirrors.length > 0 || tables.some(({prefix}) => prefix.startsWith('docker.io'))) return null;
  const transport = proxies === null ? {} : {proxies};
  return repository => newestHubTags(world, repository, {signal, transport});
}

async function settingsHere(world: World): Promise<RegistrySettings> {
  const info = await world.engine('/info', ENGINE_TIMEOUT);
  if (info.status !== 'ok') return NO_SETTINGS;
  const settings = registrySettings(info.body);
  // Podman says nothing of its registries; its files lie on its own machine.
  return isPodman(info.body) && !info.remote ? {...settings, tables: await readRegistriesConf(world)} : settings;
}

/** Podman's compatible answer has it, Docker's has not (containers/podman, pkg/api/handlers/types.go). */
const isPodman = (info: unknown): boolean => typeof info === 'object' && info !== null && 'BuildahVersion' in info;
