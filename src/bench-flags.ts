import * as Flags from '@oclif/core/flags';
import {EXIT, Failure} from './failure.js';

/** What every kind of session takes. */
export const sessionFlags = {
  time: Flags.string({
    description: 'time for measuring, as 90s, 5m or 1h; making the image and unpacking its files come before',
    default: '5m',
    helpValue: 'TIME',
  }),
  seed: Flags.integer({description: 'seed of the order and of the resampling (a new one each time)', min: 0}),
  gpus: Flags.string({description: 'all, none, auto, a count, indexes or UUIDs', default: 'all', helpValue: 'WHICH'}),
  html: Flags.string({description: 'also write one self-contained page', helpValue: 'FILE'}),
  markdown: Flags.boolean({description: 'print Markdown, for an issue'}),
  'dry-run': Flags.boolean({description: 'print the plan and measure nothing'}),
};

const SECONDS: Readonly<Record<string, number>> = {s: 1, m: 60, h: 3600};
const LONGEST = 24 * 3600;

/** Seconds. Throws `time_invalid`. */
export function timeOf(text: string): number {
  const parts = /^(\d{1,6}(?:\.\d{1,3})?)([smh]?)$/.exec(text);
  const seconds = Number(parts?.[1]) * (SECONDS[parts?.[2] || 's'] ?? 1);
  if (parts !== null && seconds >= 1 && seconds <= LONGEST) return seconds;
  throw new Failure({
    code: 'time_invalid',
    message: `--time ${text.slice(0, 40)} is no time`,
    cause: 'it is a number with s, m or h, from one second to a day',
    fix: '--time 5m',
    exit: EXIT.usage,
  });
}
