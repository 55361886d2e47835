import type {RuleId, RuleOutcome} from '../contract/verdict.js';
import type {Situation} from './situation.js';

/** One question about a host and an image. Several outcomes where GPUs are judged one by one. */
export type Rule = (situation: Situation) => RuleOutcome[];

type Details = Pick<RuleOutcome, 'fix' | 'source' | 'gpu'>;

/** The five things a rule can say, with its id filled in. */
export function outcomesOf(id: RuleId) {
  const say =
    (outcome: RuleOutcome['outcome']) =>
    (reason: string, details: Details = {}): RuleOutcome => ({id, outcome, reason, ...details});
  return {pass: say('pass'), warn: say('warn'), fail: say('fail'), unknown: say('unknown'), skip: say('skip')};
}

/** What the question leaves out: a CPU image, or no GPU asked for. Null where the GPU matters. */
export function withoutGpu({image, question}: Situation): string | null {
  if (image.gpu === false) return 'the image is for the CPU';
  return question.gpus === 'none' ? 'no GPU was asked for' : null;
}

/** Why a rule that judges GPUs one by one has none to judge; that there is none is what `driver-floor` says. */
export const withoutGpus = (situation: Situation): string | null =>
  withoutGpu(situation) ?? (situation.gpus?.length === 0 ? 'there is no GPU to hold it against' : null);
