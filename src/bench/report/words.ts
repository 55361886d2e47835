import type {Bench, BenchWorkload} from '../../contract/bench.js';
import {sideNames} from '../side-names.js';
import {median} from '../statistics/center.js';

/** Three significant digits, as people read figures. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}

export const middle = (values: readonly number[]): string => (values.length === 0 ? '–' : figure(median(values)));

/** `0.998 [0.991, 1.004]` */
export function ratioWords({ratio, interval}: Pick<BenchWorkload, 'ratio' | 'interval'>): string {
  if (ratio === null) return '–';
  if (interval === null) return `${ratio.toFixed(3)} (too few pairs for an interval)`;
  return `${ratio.toFixed(3)} [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]`;
}

export function marginWords({margin, marginAbsolute, unit}: BenchWorkload): string {
  const percent = `${figure(margin * 100)} %`;
  return marginAbsolute === undefined ? percent : `${marginAbsolute} ${unit}`;
}

/** The verdict with what belongs to it: the margin, what helps, the pairs still wanted, or why there is none. */
export function verdictWords(workload: BenchWorkload): string {
  const {verdict, interval, pairsMissing, note, fix} = workload;
  if (verdict === 'skipped') return `skipped (${note ?? 'nothing was measured'})`;
  // Without an interval nothing tells how far the samples scatter.
  const about = interval === null ? 'at least' : 'about';
  if (verdict === 'undecided')
    return `undecided, ${about} ${pairsMissing} more pairs (margin ${marginWords(workload)})`;
  return `${verdict} (margin ${marginWords(workload)})${fix === undefined ? '' : ` → ${fix}`}`;
}

/** What a reader must know of one workload besides its row. */
export function remarks({verdict, note, cause}: BenchWorkload): string[] {
  return [
    ...(note === undefined || verdict === 'skipped' ? [] : [note]),
    ...(cause === undefined ? [] : [`known cause: ${cause}`]),
  ];
}

/** Whether each side agreed with itself. */
export function controlWords(bench: Pick<Bench, 'control' | 'usable' | 'against'>): string {
  const {control, usable} = bench;
  if (control === null) return 'A/A control: too little was measured for one';
  const session = usable ? '' : ' — THIS SESSION IS NOT USABLE';
  const word = control.verdict === 'undecided' ? 'not precise enough to tell' : control.verdict;
  const worst = `${sideNames(bench)[control.side]} in ${control.workload}`;
  return `A/A control (each side against itself; the farthest: ${worst}): ${ratioWords(control)} ${word}${session}`;
}
