import type {Host} from '../contract/host.js';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import type {World} from '../world/world.js';
import {type Diagnosis, type Remedy, type Step, written} from './diagnosis.js';

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

/** What {@link mend} would run, in its order, and how each is undone. */
export const mendingPlan = (findings: readonly Diagnosis[]): string[] =>
  mendableOnes(findings).flatMap(({cause, remedy: {steps, undo}}) => [
    cause,
    ...steps.map(step => `  Run:  ${written([step])}`),
    ...(undo ? [`  Undo: ${written(undo)}`] : []),
  ]);

/**
 * Runs the remedies, and of each the commands that the user agrees to, one by one; a command that is refused ends its
 * remedy. Tells how each is undone. Returns how many commands were run.
 */
export async function mend(
  world: Pick<World, 'run'>,
  findings: readonly Diagnosis[],
  talk: Conversation,
  signal: AbortSignal,
): Promise<number> {
  let run = 0;
  for (const {cause, remedy} of mendableOnes(findings)) {
    talk.say(cause);
    const before = run;
    for (const step of remedy.steps) {
      if (!(await talk.agrees(`Run: ${written([step])}`))) break;
      await carryOut(world, step, run > before ? remedy.undo : undefined, signal);
      run++;
    }
    if (run > before && remedy.undo) talk.say(`Undo: ${written(remedy.undo)}`);
  }
  return run;
}

async function carryOut(
  world: Pick<World, 'run'>,
  [program, ...args]: Step,
  undo: readonly Step[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await world.run({program, args, timeout: STEP_LIMIT, signal});
  if (signal.aborted) throw interrupted(written([[program, ...args]]));
  if (outcome.status === 'ran' && outcome.exit === 0) return;
  throw new Failure({
    code: 'fix_failed',
    message: `${written([[program, ...args]])} failed`,
    cause:
      outcome.status === 'ran' ? `it ended with exit code ${outcome.exit}` : `it could not be run: ${outcome.status}`,
    fix: undo
      ? `run it yourself and read what it says; what was run before it is undone by: ${written(undo)}`
      : 'run it yourself and read what it says; what was run before it stays done',
    details: outcome.stderr.trim().split('\n').slice(-10),
  });
}

/** A host document with the doctor's findings in place of the probe's. */
export const withFindings = (host: Host, findings: readonly Diagnosis[]): Host => ({
  ...host,
  findings: findings.map(({id, severity, cause, fix, source}) => ({id, severity, cause, fix, source})),
});
