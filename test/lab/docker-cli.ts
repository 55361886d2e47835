import {join} from 'node:path';
import {engineGetter} from '../../src/engine/get.js';
import {enginePackages} from '../../src/engine/private/engine.js';
import {unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';

const PACKAGE = ['docker-cli'];

/** Debian's docker command line, unpacked: gpudock and its engine do without one, and so may the machine. */
export async function ensureDockerCli(): Promise<string> {
  const world = liveWorld(engineGetter);
  const {suite} = await enginePackages(world);
  const folder = packagesFolder(world.env, 'docker-cli');
  const packages = {packages: PACKAGE, fromSuite: suite === null ? [] : PACKAGE, suite, folder};
  await unpackPackages(world, packages, {say: () => {}, signal: new AbortController().signal});
  return join(folder, 'usr/bin/docker');
}
