import type {Engine} from '../engine/connect.js';
import {type Leftovers, leftovers, takeOver} from '../engine/leftovers.js';
import {Failure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {containerUser} from '../launch/user.js';
import {caller} from './caller.js';
import type {Flow} from './flow.js';
import {builtImage} from './image.js';
import {readSituation} from './situation.js';

export interface PermissionsPlan {
  folder: string;
  /** Who gets the files, as the container has it. */
  user: string;
  /** Whose files they are now: in a rootless engine root is the caller. */
  leftBy: 'root' | 'another user of the engine';
  left: Leftovers;
  /** Gives them to that user. */
  carryOut(): Promise<void>;
}

/**
 * What a container that ran as root left in a project, and its way back to the project's owner. Nothing outside of the
 * project is looked at, no link is followed, and nothing of other users' is touched.
 */
export async function planPermissions(
  {world, signal}: Pick<Flow, 'world' | 'signal'>,
  engine: Engine,
  folder: string,
): Promise<PermissionsPlan> {
  const question = {folder, from: null, gpus: 'none', base: null};
  const situation = await unlessInterrupted('the look at the files', signal, readSituation(world, question, 'launch'));
  const {project, host} = situation;
  const image = (await builtImage(engine, situation))?.tag ?? null;
  if (image === null) throw noImage(project.dir);
  const user = containerUser(host, caller(world.env, project));
  const place = {image, folder: project.dir, user, rootless: host.engine.rootless === true};
  return {
    folder: project.dir,
    user: user.user,
    leftBy: place.rootless ? 'another user of the engine' : 'root',
    left: await leftovers(engine, place, signal),
    carryOut: () => takeOver(engine, place, signal),
  };
}

const noImage = (folder: string): Failure =>
  new Failure({
    code: 'no_image_built',
    message: 'there is no image of this project to work with',
    cause: 'files of root are given back by a short container, which needs one',
    fix: `gpudock build ${folder}`,
  });
