import {addedPackages, commitContainer} from '../engine/commit.js';
import type {Engine} from '../engine/connect.js';
import {findContainer} from '../engine/containers.js';
import {localImage} from '../engine/images.js';
import {EXIT, Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {parseReference} from '../matrix/reference.js';

export interface Committed {
  container: string;
  image: string;
  /** null: nothing was made. */
  id: string | null;
  /** What was installed since the build, as gpudock.yaml has it; null: it cannot be told. */
  packages: string[] | null;
  project: string;
}

/**
 * Makes an image of a container, and tells what a project's file would have to say in place of it. An interrupt waits until
 * what was taken out of the container for the image is back, and then leaves none.
 */
export async function commit(
  engine: Engine,
  {which, as, dryRun}: {which: string; as: string | null; dryRun: boolean},
  signal: AbortSignal,
): Promise<Committed> {
  const {id, name, project} = await findContainer(engine, which);
  const image = as ?? `${name}:committed`;
  const reference = parseReference(image);
  if (reference === null || reference.digest !== null) throw notAName(image);
  const container = engine.docker.getContainer(id);
  const packages = await addedPackages(container);
  const done = {container: name, image, packages, project};
  if (dryRun) return {...done, id: null};
  const {Image} = await container.inspect();
  const kept = (await localImage(engine, Image))?.env ?? [];
  const repository = image.slice(0, image.length - (reference.tag === null ? 0 : reference.tag.length + 1));
  const made = await commitContainer(container, kept);
  const named = engine.docker.getImage(made);
  if (signal.aborted) {
    await named.remove();
    throw interrupted('the commit');
  }
  await named.tag({repo: repository, tag: reference.tag ?? 'latest'});
  return {...done, id: made};
}

const notAName = (image: string): Failure =>
  new Failure({
    code: 'invalid_image_name',
    message: `${image} is no name for an image`,
    cause: 'a name is NAME:TAG, in lower case',
    fix: 'for example: gpudock commit gpudock-thesis thesis:tried',
    exit: EXIT.usage,
  });
