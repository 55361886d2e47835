import type {Bench} from '../../contract/bench.js';
import {sideNames} from '../side-names.js';
import {controlWords, middle, ratioWords, remarks, verdictWords} from './words.js';

/** Rows for the table of a terminal, the first one the headings. */
export function benchRows(bench: Bench): string[][] {
  const {host, container} = sideNames(bench);
  return [
    ['WORKLOAD', 'MODE', 'PAIRS', host.toUpperCase(), container.toUpperCase(), 'UNIT', 'RATIO [95 %]', 'VERDICT'],
    ...bench.workloads.map(workload => [
      workload.name,
      workload.mode,
      String(workload.host.length),
      middle(workload.host),
      middle(workload.container),
      workload.unit,
      ratioWords(workload),
      verdictWords(workload),
    ]),
  ];
}

/** The lines under the table. */
export function benchLines(bench: Bench): string[] {
  const {host, container} = sideNames(bench);
  return [
    controlWords(bench),
    `${host}: ${bench.sides.host}; ${container}: ${bench.sides.container}; seed ${bench.seed}, ${bench.resamples} resamples`,
    ...bench.workloads.flatMap(workload => remarks(workload).map(line => `${workload.name}: ${line}`)),
    ...bench.conditions,
    ...bench.warnings.map(line => `! ${line}`),
  ];
}

/** Tables and lines for an issue; cells from outside cannot break out of theirs. */
export function benchMarkdown(bench: Bench): string {
  const cell = (text: string): string => text.replace(/[\\|`<>*_[\]]/g, '\\$&').replace(/\s+/g, ' ');
  const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  const [head = [], ...rows] = benchRows(bench);
  return [
    row(head),
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map(row),
    '',
    ...benchLines(bench).map(line => `- ${cell(line)}`),
    '',
  ].join('\n');
}
