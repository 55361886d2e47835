import {EXIT, Failure} from '../failure.js';
import type {Engine} from './connect.js';

/** Bind mounts resolve on the engine's machine: a folder of this one is not there. `way`: what helps. */
export const remoteEngine = ({endpoint}: Engine, way: string): Failure =>
  new Failure({
    code: 'remote_engine',
    message: `the engine runs on another machine (${endpoint.source})`,
    cause: 'a folder of this machine cannot be mounted there',
    fix: way,
    exit: EXIT.noEngine,
  });

export const SYNC_PROJECT =
  '--sync copies the project there, and what has changed back; or run gpudock on that machine';
export const SYNC_MODEL = '--sync copies the model there; or run gpudock on that machine';
export const DATA_THERE = 'put the data into the project, which --sync copies; or run gpudock on that machine';

/** A port that nothing but that machine's own programs may reach, and no ssh to lead there. */
export const noWayToPort = ({endpoint}: Engine): Failure =>
  new Failure({
    code: 'no_way_to_port',
    message: `nothing leads from here to a port of the engine's machine (${endpoint.source})`,
    cause: 'the engine is reached by TCP alone, and what it starts is open to its own machine alone',
    fix: 'reach it by ssh: DOCKER_HOST=ssh://USER@HOST; a notebook also with --public, in a network that you trust',
    exit: EXIT.noEngine,
  });
