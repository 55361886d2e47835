import {runInNewContext} from 'node:vm';
import * as z from 'zod';
import {EXIT, Failure} from '../failure.js';

/** What one fresh process measured. */
export interface Measured {
  iterations: number[];
  otherLoad: number | null;
  readings: Record<string, number | string>;
}

const Report = z.object({
  iterations: z.array(z.number().positive()).min(1).max(10_000),
  otherLoad: z.number().nonnegative().nullable(),
  readings: z.record(z.string(), z.union([z.number(), z.string()])),
});

/** The JSON after a marker, in the last line that has it; null when there is none or it is garbage. */
export function marked(output: string, marker: string): unknown {
  const line = output.split('\n').findLast(text => text.startsWith(`${marker} `));
  if (line === undefined) return null;
  try {
    return JSON.parse(line.slice(marker.length + 1));
  } catch {
    return null;
  }
}

/** A workload program's report; null when it is not there whole, or holds what is no positive number. */
export function readReport(output: string): Measured | null {
  const report = Report.safeParse(marked(output, 'GPUDOCK-BENCH'));
  return report.success ? report.data : null;
}

const LONGEST_LINE = 2_000;
const MATCH_LIMIT = 2_000;

/** A metric must be a pattern with one group. Throws `metric_invalid`. */
export function checkMetric(metric: string): void {
  const invalid = (cause: string) =>
    new Failure({
      code: 'metric_invalid',
      message: `--metric ${metric.slice(0, 80)} is no pattern for a figure`,
      cause,
      fix: "write the figure as the one group: --metric 'TPS: ([0-9.]+)'",
      exit: EXIT.usage,
    });
  try {
    const groups = (new RegExp(`${metric}|`).exec('')?.length ?? 1) - 1;
    if (groups !== 1) throw invalid(`it has ${groups} groups`);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(error.message);
    throw error;
  }
}

/**
 * The figures that a command printed, one an iteration. A pattern of the user's may take for ever on the wrong text: it
 * has two seconds. null: no figure, one that is no positive number, or the time is up.
 */
export function readMetric(output: string, metric: string): Measured | null {
  const lines = output.split('\n').map(line => line.slice(0, LONGEST_LINE));
  let found: unknown;
  try {
    found = runInNewContext(
      'lines.flatMap(line => [...line.matchAll(new RegExp(metric, "g"))].map(match => match[1]))',
      {lines, metric},
      {timeout: MATCH_LIMIT},
    );
  } catch {
    return null;
  }
  const texts = z.array(z.string()).min(1).safeParse(found);
  if (!texts.success) return null;
  const iterations = texts.data.map(Number);
  const usable = iterations.every(value => Number.isFinite(value) && value > 0);
  return usable ? {iterations, otherLoad: null, readings: {}} : null;
}
