import {contradiction} from '../dockerfile/contradiction.js';
import type {FrameworkWish} from '../environment/framework.js';
import type {Project} from '../environment/project.js';
import type {Failure} from '../failure.js';
import {findImage, openMatrix} from '../matrix/matrix.js';
import type {World} from '../world/world.js';

/** What the named base and the project's files disagree in; null: nothing, or nothing is known. */
export async function contradictionOf(
  world: World,
  {settings}: Pick<Project, 'settings'>,
  wish: FrameworkWish | null,
): Promise<Failure | null> {
  const {base = 'auto'} = settings;
  return base === 'auto' ? null : contradiction(wish, findImage(await openMatrix(world), base));
}
