import {get} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';

const LIMIT = 20_000;

/** Waits until a server on this machine answers. Throws `bench_server_silent` after 20 seconds. */
export async function waitForServer(port: number, signal: AbortSignal): Promise<void> {
  const end = Date.now() + LIMIT;
  while (!(await answers(port))) {
    if (signal.aborted) throw interrupted('the benchmark');
    if (Date.now() > end)
      throw new Failure({
        code: 'bench_server_silent',
        message: `the server of the http workload does not answer on port ${port}`,
        fix: 'leave it out: name the other workloads; gpudock bench --list',
      });
    await sleep(50);
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const call = get({host: '127.0.0.1', port, agent: false, timeout: 1_000}, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
  });
