import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';

export const engineAt = (host: string): Promise<Engine> =>
  connect({env: {...process.env, DOCKER_HOST: host}, read: liveWorld(engineGetter).read});

/** Copies an image from one engine to another. */
export async function lendImage(from: Engine, to: Engine, image: string): Promise<void> {
  const loading = await to.docker.loadImage(await from.docker.getImage(image).get());
  loading.resume();
  await new Promise(loaded => loading.once('end', loaded));
}
