import {homedir} from 'node:os';
import {join} from 'node:path';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';
import {privateBuildx} from './private/paths.js';

/** Folders where the docker command line looks for its plugins (docker/cli, cli-plugins/manager), then gpudock's own. */
const folders = (env: World['env']): string[] => [
  join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker'), 'cli-plugins'),
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
];

/** The buildx program; it runs without the docker command line. Throws `buildx_missing`. */
export async function findBuildx(world: Pick<World, 'env' | 'stat'>): Promise<string> {
  const candidates = [...folders(world.env).map(folder => join(folder, 'docker-buildx')), privateBuildx(world.env)];
  for (const path of candidates) {
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
