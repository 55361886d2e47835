import type {Engine} from './connect.js';
import {refused} from './containers.js';

export async function removeVolume({docker}: Engine, name: string): Promise<void> {
  try {
    await docker.getVolume(name).remove();
  } catch (error) {
    throw await refused(`the volume ${name} could not be removed`, error);
  }
}
