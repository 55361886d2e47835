import {Failure} from '../failure.js';
import type {Engine} from './connect.js';
import {lastLines} from './containers.js';
import {knownFailure} from './known-failure.js';

const LAST_LINES = 20;
const MIB = 1024 ** 2;

/** What a container was that has ended, and what may help where nothing is known of the cause. */
export interface EndedContainer {
  id: string;
  /** As the sentence begins: `the notebook`. */
  subject: string;
  code: string;
  fix: string;
}

/** A container that ended by itself, as a failure: why, as far as the engine and its last lines tell. */
export async function endedByItself(engine: Engine, {id, subject, code, fix}: EndedContainer): Promise<Failure> {
  const [{State, HostConfig}, details] = await Promise.all([
    engine.docker.getContainer(id).inspect(),
    lastLines(engine, id, LAST_LINES),
  ]);
  const known = await knownFailure(details);
  const message = `${subject} ended by itself (exit code ${State.ExitCode})`;
  if (State.OOMKilled) return outOfMemory({code, message, details}, HostConfig.Memory ?? 0);
  return new Failure({
    code,
    message,
    cause: known?.cause ?? 'its last lines stand above',
    fix: known?.fix ?? fix,
    details,
  });
}

/** `limit` in bytes; 0: it had none. */
const outOfMemory = (facts: {code: string; message: string; details: string[]}, limit: number): Failure =>
  new Failure({
    ...facts,
    cause: `it was killed for memory: ${limit === 0 ? 'the machine had no more' : `its limit was ${Math.round(limit / MIB)} MiB`}`,
    fix: limit === 0 ? 'end what else needs memory, and start it again' : 'start it again with more: --memory',
  });
