import {durations} from './phases.js';
import {freePort} from './port.js';
import {type Measured, readMetric, readReport} from './reading.js';
import type {Side, Started} from './side.js';
import type {Workload} from './workload.js';

/** What became of one fresh process: its figures, or in a line why there are none. */
export type TrialResult = {status: 'measured'; measured: Measured} | {status: 'failed' | 'interrupted'; why: string};

export interface TrialOptions {
  workload: Workload;
  side: Side;
  /** Where the client of a server runs. */
  client: Side;
  /** milliseconds */
  limit: number;
  signal: AbortSignal;
}

/** Makes one trial. Nothing of this runs while the program measures. */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  const {workload, side, limit, signal} = options;
  if (workload.kind === 'http') return httpTrial(options);
  const ran = await side.run({
    argv: argvOn(side, workload),
    place: workload.place,
    inFolder: workload.kind === 'command',
    hostNetwork: false,
    limit,
    signal,
  });
  return resultOf(ran, workload, side, limit);
}

function argvOn(side: Side, {kind, argv, place}: Workload): string[] {
  if (kind === 'command') return [...argv];
  const [program = '', ...args] = argv;
  return [side.python, side.file(program), ...args, ...(place === null ? [] : [side.folder(place)])];
}

/** The client is the same on both sides; only the way to the server differs. */
async function httpTrial({workload, side, client, limit, signal}: TrialOptions): Promise<TrialResult> {
  const port = await freePort();
  const server = await side.serve([side.python, side.file('server.py')], port, signal);
  try {
    const argv = [client.python, client.file(workload.argv[0] ?? ''), String(port)];
    const program = {argv, place: null, inFolder: false, hostNetwork: true, limit, signal};
    return resultOf(await client.run(program), workload, client, limit);
  } finally {
    await server.close();
  }
}

function resultOf(ran: Started, workload: Workload, side: Side, limit: number): TrialResult {
  if (ran.trouble === 'interrupted') return {status: 'interrupted', why: 'interrupted'};
  const failed = (why: string): TrialResult => ({status: 'failed', why: `on ${side.name}: ${why}`});
  const share = workload.kind === 'command' ? ', a fifth of --time' : '';
  if (ran.trouble === 'limit') return failed(`it did not end within ${Math.round(limit / 1000)} seconds${share}`);
  if (ran.trouble === 'not-found') return failed('there is no such program');
  if (ran.exit !== 0) return failed(`it ended with exit code ${ran.exit}: ${lastLine(ran.output)}`);
  const measured = measuredBy(ran, workload);
  if (measured !== null) return {status: 'measured', measured};
  return failed(
    workload.metric === null
      ? `it reported no usable figure: ${lastLine(ran.output)}`
      : `its output has no positive number where /${workload.metric}/ looks for one; it ends: ${lastLine(ran.output)}`,
  );
}

function measuredBy(ran: Started, {kind, metric}: Workload): Measured | null {
  if (metric !== null) return readMetric(ran.output, metric);
  if (kind !== 'start') return readReport(ran.output);
  if (ran.phases.interpreter === undefined) return null;
  const readings = durations(ran.begin, ran.phases);
  const ready = Number(ran.phases.interpreter - ran.begin) / 1e6;
  return {iterations: [ready], otherLoad: null, readings};
}

export const lastLine = (output: string): string =>
  output.trim().split('\n').at(-1)?.slice(0, 200) || 'it said nothing';
