import {join} from 'node:path';
import {engineGetter} from '../../src/engine/get.js';
import {unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder} from '../../src/engine/private/paths.js';
import {programEnv} from '../../src/engine/private/program-env.js';
import {liveWorld} from '../../src/world/live.js';

/** A program unpacked from the distribution's packages, and the variables with which it runs. */
export interface Program {
  /** The folder that stands in for `/`. */
  folder: string;
  env: {PATH: string; LD_LIBRARY_PATH: string};
}

/** Unpacks `packages` into a folder of the cache, once; nothing of the machine changes. */
export async function unpackedProgram(name: string, packages: readonly string[]): Promise<Program> {
  const world = liveWorld(engineGetter);
  const folder = packagesFolder(world.env, name);
  await unpackPackages(
    world,
    {packages, fromSuite: [], suite: null, folder},
    {say: () => {}, signal: new AbortController().signal},
  );
  const {PATH = '', LD_LIBRARY_PATH = ''} = await programEnv(world, folder);
  return {folder, env: {PATH, LD_LIBRARY_PATH}};
}

/** Where a file of its packages lies. */
export const inProgram = ({folder}: Program, path: string): string => join(folder, path);
