import type {Engine} from './connect.js';
import {lastLines} from './containers.js';
import {knownFailure} from './known-failure.js';

const LAST_LINES = 20;
const MIB = 1024 ** 2;

/** Why a container ended by itself, as far as the engine and its last lines tell; null: what helps is not known. */
export interface WhyEnded {
  exit: number;
  cause: string;
  fix: string | null;
  details: string[];
}

export async function whyEnded(engine: Engine, id: string): Promise<WhyEnded> {
  const [{State, HostConfig}, details] = await Promise.all([
    engine.docker.getContainer(id).inspect(),
    lastLines(engine, id, LAST_LINES),
  ]);
  const exit = State.ExitCode;
  if (State.OOMKilled) return {exit, details, ...outOfMemory(HostConfig.Memory ?? 0)};
  const known = await knownFailure(details);
  return {exit, details, cause: known?.cause ?? 'its last lines stand above', fix: known?.fix ?? null};
}

/** `limit` in bytes; 0: it had none. */
const outOfMemory = (limit: number): Pick<WhyEnded, 'cause' | 'fix'> =>
  limit === 0
    ? {
        cause: 'it was killed for memory: the machine had no more',
        fix: 'end what else needs memory, and start it again',
      }
    : {
        cause: `it was killed for memory: its limit was ${Math.round(limit / MIB)} MiB`,
        fix: 'start it again with more: --memory',
      };
