import {existsSync} from 'node:fs';
import {connect} from '../../src/engine/connect.js';
import {LABEL} from '../../src/labels.js';
import type {World} from '../../src/world/world.js';
import {PROJECT_PREFIX} from './gpudock.js';
import type {Lab} from './place.js';

/** Takes away the images of test projects whose folders are gone: with hundreds of them each answer of the engine is slow. */
export async function removeOrphans(world: World, {host}: Lab): Promise<number> {
  const {docker} = await connect({env: {...world.env, DOCKER_HOST: host}, read: world.read});
  const images = await docker.listImages({filters: {label: [LABEL.project]}});
  const orphans = images.filter(({Labels}) => {
    const folder = Labels?.[LABEL.project] ?? '';
    return folder.includes(`/${PROJECT_PREFIX}`) && !existsSync(folder);
  });
  // One that a container still has stays.
  await Promise.all(
    orphans.map(({Id}) =>
      docker
        .getImage(Id)
        .remove({force: true})
        .catch(() => {}),
    ),
  );
  return orphans.length;
}
