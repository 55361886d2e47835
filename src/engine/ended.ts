import type {Match} from '../diagnosis/explain.js';
import type {Engine} from './connect.js';
import {lastLines} from './containers.js';
import {knownFailure} from './known-failure.js';

const LAST_LINES = 20;
/** A job goes on printing after what failed first: other ranks' traces, a progress bar. */
const LAST_LINES_OF_JOB = 200;
/** Ctrl-C, kill and a closed terminal: who ended it knows why. */
const ENDED_BY_USER = [129, 130, 143];
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

/** The known failure in a job's own output; null: none, or an end that needs no word. */
export async function whyJobFailed(
  engine: Engine,
  id: string,
  {exit, outOfMemory, tty}: {exit: number; outOfMemory: number | null; tty: boolean},
): Promise<Match | null> {
  if (exit === 0 || outOfMemory !== null || ENDED_BY_USER.includes(exit)) return null;
  // An engine that keeps no logs says less: the job's own exit code is what counts.
  return knownFailure(await lastLines(engine, id, LAST_LINES_OF_JOB, tty).catch(() => []));
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
