import {join} from 'node:path';
import {cacheFolder} from '../../world/cache.js';
import type {World} from '../../world/world.js';

/** Everything of the private engine lives here; removing the folder (after a stop) removes it whole. */
export const privateFolder = (env: World['env']): string => join(cacheFolder(env), 'engine');

/** The private engine's own socket; a unix socket's path may have at most 107 bytes. */
export const privateSocket = (env: World['env']): string => join(privateFolder(env), 'docker.sock');

/** Where the engine's packages are unpacked. */
export const privateRoot = (env: World['env']): string => join(privateFolder(env), 'root');

/** buildx as Debian's docker-buildx package places it. */
export const privateBuildx = (env: World['env']): string =>
  join(privateRoot(env), 'usr/libexec/docker/cli-plugins/docker-buildx');

/** Indexes and settings of the apt that downloads packages to unpack. */
export const aptState = (env: World['env']): string => join(cacheFolder(env), 'apt');

/** Where a set of packages other than the engine's is unpacked. */
export const packagesFolder = (env: World['env'], name: string): string => join(cacheFolder(env), 'packages', name);
