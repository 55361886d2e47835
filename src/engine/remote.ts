import {EXIT, Failure} from '../failure.js';
import type {Engine} from './connect.js';

/** Bind mounts resolve on the engine's machine: a folder of this one is not there. */
export const remoteEngine = ({endpoint}: Engine): Failure =>
  new Failure({
    code: 'remote_engine',
    message: `the engine runs on another machine (${endpoint.source})`,
    cause: 'the project folder of this machine cannot be mounted there',
    fix: 'gpudock run --sync copies the project there and what has changed back; or run gpudock on that machine',
    exit: EXIT.noEngine,
  });
