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

/** What may stand between double quotes in a shell and mean itself. */
const PLAIN_NAME = /^[\w .()/+-]{1,80}$/;

/** How a lacking fact of the machine can be had: `here` on the machine itself; of a recorded one, there. */
export function toKnow(here: string, {question, host, wsl}: Situation): string {
  if (!question.recorded) return here;
  const record = 'record it there: gpudock host --capture DIR';
  const names = host.gpus?.map(({name}) => name ?? '') ?? [];
  if (host.driver.version === null || names.length === 0 || !names.every(name => PLAIN_NAME.test(name))) return record;
  const gpus = names.map(name => `--for-gpu "${name}"`);
  const asked = [`--for-driver ${host.driver.version}`, ...gpus, ...(wsl ? ['--wsl'] : [])];
  return `${record}; by driver and GPU alone: ${asked.join(' ')}`;
}

/** What the question leaves out: a CPU image, or no GPU asked for. Null where the GPU matters. */
export function withoutGpu({image, question}: Situation): string | null {
  if (image.gpu === false) return 'the image is for the CPU';
  return question.gpus === 'none' ? 'no GPU was asked for' : null;
}

/** Why a rule that judges GPUs one by one has none to judge; that there is none is what `driver-floor` says. */
export const withoutGpus = (situation: Situation): string | null =>
  withoutGpu(situation) ?? (situation.gpus?.length === 0 ? 'there is no GPU to hold it against' : null);
