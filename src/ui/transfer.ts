import {bytes, duration} from './units.js';

/** The rate is that of the last so many milliseconds: what counts now. */
const WINDOW = 10_000;
/** Before so many milliseconds a rate is noise. */
const SETTLED = 1_000;

/** One transfer over time: how much, how fast, how long still. */
export class Transfer {
  readonly #now: () => number;
  #samples: {at: number; current: number}[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `1.2 GiB of 4.1 GiB · 35.0 MiB/s · 1 min 24 s left`; with a total that still grows, no time. */
  line(current: number, total: number, complete: boolean): string {
    const at = this.#now();
    this.#samples = [...this.#samples.filter(sample => at - sample.at <= WINDOW), {at, current}];
    const amount = complete ? `${bytes(current)} of ${bytes(total)}` : `${bytes(current)} of at least ${bytes(total)}`;
    const rate = this.#rate();
    if (rate === null || current >= total) return amount;
    const left = complete ? [`${duration((total - current) / rate)} left`] : [];
    return [amount, `${bytes(rate)}/s`, ...left].join(' · ');
  }

  /** bytes a second; null: not known yet, or nothing moves */
  #rate(): number | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < SETTLED) return null;
    const rate = ((last.current - first.current) * 1000) / (last.at - first.at);
    return rate > 0 ? rate : null;
  }
}
