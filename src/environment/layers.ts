import {join} from 'node:path';
import type {World} from '../world/world.js';
import type {Settings} from './settings.js';

/** Settings of one place. */
export interface Layer {
  /** `gpudock.yaml`, the path of the user's file, or the variables of the environment. */
  origin: string;
  settings: Settings;
}

/** Settings that a variable can hold: `GPUDOCK_FRAMEWORK` and so on. Others are lists, or names of one project. */
const VARIABLES = ['framework', 'base', 'python', 'gpus', 'port'] as const;

export const variableOf = (key: string): string => `GPUDOCK_${key.toUpperCase()}`;

/** Those that stand in place of facts of the machine (src/host/overrides.ts). */
const OVERRIDES = ['GPUDOCK_DRIVER', 'GPUDOCK_CUDA', 'GPUDOCK_GPU'];

export const KNOWN_VARIABLES: readonly string[] = [...VARIABLES.map(variableOf), ...OVERRIDES];

/** `gpudock/config.yaml` in the folder for settings (XDG Base Directory Specification 0.8); null: there is no home. */
export function userFile(env: World['env']): string | null {
  if (env.XDG_CONFIG_HOME?.startsWith('/')) return join(env.XDG_CONFIG_HOME, 'gpudock', 'config.yaml');
  return env.HOME ? join(env.HOME, '.config', 'gpudock', 'config.yaml') : null;
}

/**
 * Every place that states settings; a later one wins over an earlier one. `projectText` is the text of gpudock.yaml.
 * Throws `invalid_settings`, `variable_invalid`.
 */
export async function readLayers(world: Pick<World, 'env' | 'read'>, projectText: string | null): Promise<Layer[]> {
  const path = userFile(world.env);
  const file = path === null ? null : await world.read(path, LIMIT);
  const stated = Object.fromEntries(VARIABLES.map(key => [key, world.env[variableOf(key)]]).filter(([, text]) => text));
  const none = projectText === null && file?.status !== 'ok' && Object.keys(stated).length === 0;
  if (none) return [];
  // The parser loads when there is something to parse.
  const {parseSettings, settingsOfVariables} = await import('./settings.js');
  return [
    ...(projectText === null ? [] : [{origin: 'gpudock.yaml', settings: parseSettings(projectText, 'gpudock.yaml')}]),
    ...(path === null || file?.status !== 'ok'
      ? []
      : [{origin: path, settings: parseSettings(Buffer.from(file.value).toString('utf8'), path)}]),
    ...(Object.keys(stated).length === 0 ? [] : [{origin: 'environment', settings: settingsOfVariables(stated)}]),
  ];
}

const LIMIT = 1024 * 1024;

export const merged = (layers: readonly Layer[]): Settings =>
  Object.assign({}, ...layers.map(({settings}) => settings)) as Settings;
