import {homedir} from 'node:os';
import {join} from 'node:path';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';
import {privateBuildx} from './private/paths.js';

/** Where the docker command line looks for buildx (docker/cli, cli-plugins/manager): for all users, and for this one. */
export const BUILDX_OF_ALL = ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'].map(
  folder => `${folder}/docker/cli-plugins/docker-buildx`,
);
export const buildxOfUser = (env: World['env']): string =>
  join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker'), 'cli-plugins', 'docker-buildx');

/** The buildx program; it runs without the docker command line. Throws `buildx_missing`. */
export async function findBuildx(world: Pick<World, 'env' | 'stat'>): Promise<string> {
  for (const path of [buildxOfUser(world.env), ...BUILDX_OF_ALL, privateBuildx(world.env)]) {
    const facts = await world.stat(path);
    if (facts.status === 'ok' && facts.value.kind === 'file') return path;
  }
  throw new Failure({
    code: 'buildx_missing',
    message: 'images cannot be built: the buildx plugin is missing',
    cause: 'gpudock builds through BuildKit, which needs docker-buildx',
    fix: 'gpudock setup; or install docker-buildx-plugin (Docker’s packages) or docker-buildx (Debian, Ubuntu)',
  });
}
