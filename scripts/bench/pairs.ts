/** What is compared: one run of each, in milliseconds. */
export interface Pair {
  name: string;
  against: string;
  /** The ratio that must not be exceeded; null: shown, not judged. */
  target: number | null;
  pairs: number;
  ours(): Promise<number>;
  plain(): Promise<number>;
}

/** Medians over the pairs; `low` and `high` are the quartiles of their ratios. */
export interface Comparison {
  name: string;
  against: string;
  target: number | null;
  pairs: number;
  ratio: number;
  low: number;
  high: number;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Runs both sides in turn, the first one changing from pair to pair, so that whatever else the machine does falls on
 * both. The first pair warms the caches and is not counted.
 */
export async function compare({name, against, target, pairs, ours, plain}: Pair): Promise<Comparison> {
  process.stderr.write(`${name} …\n`);
  await ours();
  await plain();
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const first = pair % 2 === 0 ? await ours() : await plain();
    const second = pair % 2 === 0 ? await plain() : await ours();
    ratios.push(pair % 2 === 0 ? first / second : second / first);
  }
  return compared({name, against, target}, ratios);
}

/** The row of these ratios, one of each pair. */
export function compared(row: Pick<Pair, 'name' | 'against' | 'target'>, ratios: readonly number[]): Comparison {
  const at = (share: number) => quantile(ratios, share);
  return {...row, pairs: ratios.length, ratio: at(0.5), low: at(0.25), high: at(0.75)};
}

/** Linear interpolation between the neighbours (definition 7 of Hyndman and Fan, 1996). `values` is not empty. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** A markdown table, one row a comparison. */
export function table(rows: readonly Comparison[]): string {
  const lines = rows.map(({name, against, target, pairs, ratio, low, high}) => {
    const judged = target === null ? '–' : `≤ ${target}`;
    return `| ${name} | ${against} | ${ratio.toFixed(2)} | ${low.toFixed(2)}–${high.toFixed(2)} | ${judged} | ${pairs} |`;
  });
  return [
    '| measured | against | ratio (median) | quartiles | target | pairs |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
