import type {Host} from '../contract/host.js';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';
import {type Diagnosis, type Remedy, written} from './diagnosis.js';

/** An installation downloads; a restart of the engine stops its containers first. */
const STEP_LIMIT = 10 * 60_000;

export interface Conversation {
  /** Asks whether to run what is shown. */
  agrees(question: string): Promise<boolean>;
  /** Says a line. */
  say(line: string): void;
}

/** Findings that commands alone mend. */
export const mendableOnes = (findings: readonly Diagnosis[]): (Diagnosis & {remedy: Remedy})[] =>
  findings.filter((finding): finding is Diagnosis & {remedy: Remedy} => finding.remedy !== undefined);

/** Runs the remedies that the user agrees to, one by one; tells how each is undone. Returns how many were run. */
export async function mend(
  world: Pick<World, 'run'>,
  findings: readonly Diagnosis[],
  talk: Conversation,
): Promise<number> {
  let mended = 0;
  for (const {cause, remedy} of mendableOnes(findings)) {
    talk.say(cause);
    if (!(await talk.agrees(`Run: ${written(remedy.steps)}`))) continue;
    await carryOut(world, remedy);
    mended++;
    if (remedy.undo) talk.say(`Undo: ${written(remedy.undo)}`);
  }
  return mended;
}

async function carryOut(world: Pick<World, 'run'>, {steps}: Remedy): Promise<void> {
  for (const [program, ...args] of steps) {
    const outcome = await world.run({program, args, timeout: STEP_LIMIT});
    if (outcome.status === 'ran' && outcome.exit === 0) continue;
    throw new Failure({
      code: 'fix_failed',
      message: `${written([[program, ...args]])} failed`,
      cause:
        outcome.status === 'ran' ? `it ended with exit code ${outcome.exit}` : `it could not be run: ${outcome.status}`,
      fix: 'run it yourself and read what it says; what was run before it stays done',
      details: outcome.stderr.trim().split('\n').slice(-10),
    });
  }
}

/** A host document with the doctor's findings in place of the probe's. */
export const withFindings = (host: Host, findings: readonly Diagnosis[]): Host => ({
  ...host,
  findings: findings.map(({id, severity, cause, fix, source}) => ({id, severity, cause, fix, source})),
});
