import {join, resolve} from 'node:path';
import type {Config} from '../contract/project.js';
import {KNOWN_VARIABLES, type Layer, readLayers, userFile, variableOf} from '../environment/layers.js';
import {Settings} from '../environment/settings.js';
import {nearest} from '../nearest.js';
import type {World} from '../world/world.js';

export async function readConfig(world: World, folder: string, flags: Settings): Promise<Config> {
  const dir = resolve(world.cwd, folder);
  const file = await world.read(join(dir, 'gpudock.yaml'));
  const text = file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : null;
  const stated = (await readLayers(world, text)).concat({origin: 'flags', settings: flags});
  const own = userFile(world.env);
  const origins = ['gpudock.yaml', ...(own === null ? [] : [own]), 'environment', 'flags'];
  return {
    schema: 'gpudock/config/1',
    dir,
    places: origins.map(origin => ({
      origin,
      present: stated.some(layer => layer.origin === origin && Object.keys(layer.settings).length > 0),
    })),
    settings: (Object.keys(Settings.shape) as (keyof Settings)[]).map(key => ({key, ...winner(stated, key)})),
    unknownVariables: Object.keys(world.env)
      .filter(name => name.startsWith('GPUDOCK_') && !KNOWN_VARIABLES.includes(name))
      .map(name => ({name, meant: meantBy(name)})),
  };
}

/** The part that all share would make them look alike. */
function meantBy(variable: string): string | null {
  const keys = KNOWN_VARIABLES.map(name => name.slice('GPUDOCK_'.length).toLowerCase());
  const key = nearest(variable.slice('GPUDOCK_'.length), keys);
  return key === null ? null : variableOf(key);
}

function winner(layers: readonly Layer[], key: keyof Settings): {value: unknown; origin: string | null} {
  const layer = layers.filter(({settings}) => settings[key] !== undefined).at(-1);
  if (layer === undefined) return {value: null, origin: null};
  const exact = {environment: variableOf(key), flags: `--${key}`}[layer.origin] ?? layer.origin;
  return {value: layer.settings[key], origin: exact};
}
