import type {EngineAnswer, World} from '../world/world.js';

/** The engine's own account of itself, unparsed. */
export type EngineReading =
  | {status: 'ok'; info: unknown; version: unknown; remote: boolean}
  | Exclude<EngineAnswer, {status: 'ok'}>;

/** Asks the engine for `/info` and `/version`, side by side, within `timeout` milliseconds. Never throws. */
export async function readEngine(world: Pick<World, 'engine'>, timeout: number): Promise<EngineReading> {
  const [info, version] = await Promise.all([world.engine('/info', timeout), world.engine('/version', timeout)]);
  if (info.status === 'ok') {
    return {
      status: 'ok',
      info: info.body,
      version: version.status === 'ok' ? version.body : null,
      remote: info.remote,
    };
  }
  return version.status === 'ok' ? {status: 'ok', info: null, version: version.body, remote: version.remote} : info;
}
