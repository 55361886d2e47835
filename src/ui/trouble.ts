import type {Trouble} from '../engine/troubles.js';
import {bytes} from './units.js';

/** What happened to a container, and what to do, in one line. */
export function troubleLine(name: string, trouble: Trouble): string {
  if (trouble.kind === 'gpu-lost')
    return `${name} has lost its GPU (systemctl daemon-reload takes it away): gpudock rm --force ${name}, and start it again`;
  const limit = trouble.limitBytes === 0 ? 'the machine had no more' : `its limit was ${bytes(trouble.limitBytes)}`;
  return `${name} was killed for memory: ${limit}`;
}
