import type {BuildEvent} from '../engine/build-progress.js';
import type {Progress} from './progress.js';
import {Transfer} from './transfer.js';
import {duration} from './units.js';

/** Shows a build: a line for each step that took time, the step's last output while it runs, a summary. */
export function showBuild(progress: Progress, now: () => number): (event: BuildEvent) => void {
  const count = {cached: 0, finished: 0};
  const transfers = new Map<string, StepTransfer>();
  return event => {
    if (event.type === 'built') return progress.line(summary(event, count));
    const step = short(event.step);
    if (event.type === 'started') progress.status(`${step} …`);
    else if (event.type === 'output') progress.detail(`${step} ${event.line}`);
    else if (event.type === 'transfer') {
      const transfer = transfers.get(event.step) ?? new StepTransfer(now);
      transfers.set(event.step, transfer);
      progress.status(`${step} ${transfer.line(event)}`);
    } else if (event.type === 'fetched') progress.line(`  ${seconds(event)}  ${step}: fetched`);
    else if (event.type === 'failed') progress.line(`  failed  ${step}`);
    else {
      count[event.type]++;
      const took = event.type === 'cached' ? 'cached' : seconds(event);
      progress.line(`  ${took}  ${step}`);
    }
  };
}

const seconds = (event: {seconds: number}): string => `${event.seconds.toFixed(1).padStart(5)}s`;

/** What one step fetches: all its layers together. */
class StepTransfer {
  readonly #parts = new Map<string, {current: number; total: number}>();
  readonly #transfer: Transfer;

  constructor(now: () => number) {
    this.#transfer = new Transfer(now);
  }

  line({name, current, total}: {name: string; current: number; total: number}): string {
    this.#parts.set(name, {current, total});
    const parts = [...this.#parts.values()];
    const sum = (of: 'current' | 'total'): number => parts.reduce((all, part) => all + part[of], 0);
    return this.#transfer.line(sum('current'), sum('total'), true);
  }
}

function summary(
  {tag, seconds}: {tag: string; seconds: number},
  {cached, finished}: {cached: number; finished: number},
): string {
  const steps = cached + finished;
  return `built ${tag} in ${duration(seconds)}: ${steps} ${steps === 1 ? 'step' : 'steps'}, ${cached} from the cache`;
}

/** Without the mounts, which repeat in every step. */
const short = (step: string): string => {
  const text = step.replace(/--mount=\S+ */g, '').replace(/\s+/g, ' ');
  return text.length > STEP_WIDTH ? `${text.slice(0, STEP_WIDTH - 1)}…` : text;
};

const STEP_WIDTH = 68;
