import {join} from 'node:path';
import {readStarted} from './phases.js';
import {runGroup} from './process.js';
import type {Program, Side, Started} from './side.js';
import {waitForServer} from './wait.js';

export interface HostSideOptions {
  name: string;
  python: string;
  /** Folder of the workload programs, as this side sees it. */
  programs: string;
  /** Where workloads put their files. */
  scratch: string;
  /** The user's folder. */
  folder: string;
  /** What comes before every command: the way into an image's tree; empty for the host as it is. */
  prefix(folder: string): readonly string[];
  /** Added to this process's own environment; a tree's comes with its prefix. */
  env: Readonly<Record<string, string>>;
}

/** The host: as it is, or in the image's own file tree. */
export function hostSide({name, python, programs, scratch, folder, prefix, env}: HostSideOptions): Side {
  // In a tree the folder is entered inside; outside it the process starts there.
  const start = (argv: readonly string[], inFolder: boolean) => [...prefix(inFolder ? folder : '/'), ...argv];
  return {
    name,
    python,
    file: program => join(programs, program),
    folder: () => scratch,
    async run({argv, inFolder, limit, signal}: Program): Promise<Started> {
      const begin = process.hrtime.bigint();
      const cwd = inFolder && prefix(folder).length === 0 ? folder : '/';
      const ran = await runGroup(start(argv, inFolder), {cwd, env, limit, signal});
      return {...ran, begin, phases: readStarted(ran.output)};
    },
    async serve(argv, port, signal) {
      const stop = new AbortController();
      const options = {limit: 2 ** 31 - 1, signal: AbortSignal.any([signal, stop.signal])};
      const server = runGroup(start([...argv, '127.0.0.1', String(port)], false), options);
      const close = async (): Promise<void> => {
        stop.abort();
        await server;
      };
      try {
        await waitForServer(port, signal);
        return {close};
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}
