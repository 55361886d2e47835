import type {Engine} from '../engine/connect.js';
import type {Project} from '../environment/project.js';

/** Id of the engine's copy of the image that a project names as its base; null: it names none, or there is no copy. */
export async function namedBaseId(engine: Engine, {settings}: Pick<Project, 'settings'>): Promise<string | null> {
  const {base = 'auto'} = settings;
  if (base === 'auto' || base === 'bootstrap') return null;
  const {localImage} = await import('../engine/images.js');
  return (await localImage(engine, base))?.id ?? null;
}
