import {basename} from 'node:path/posix';
import type {Gpu, GpuProcess, Host} from '../contract/host.js';
import type {World} from '../world/world.js';
import {linesOf} from './text.js';

/**
 * The users of the GPUs' processes, by `ps`. nvidia-smi prints the host's process ids also inside a container, where the
 * same number may be another process: a user counts only where the names agree.
 */
export async function withUsers(host: Host, world: World, timeout: number): Promise<Host> {
  const processes = (host.gpus ?? []).flatMap(gpu => gpu.processes ?? []);
  if (processes.length === 0 || timeout <= 0) return host;
  const pids = [...new Set(processes.map(({pid}) => pid))].slice(0, 1_000).join(',');
  const listing = await world.run({program: 'ps', args: ['-o', 'pid=,user:64=,comm=', '-p', pids], timeout});
  if (listing.status !== 'ran') return host;
  const users = usersOf(listing.stdout);
  const named = (process: GpuProcess): GpuProcess => ({...process, user: users(process)});
  const gpus = (host.gpus ?? []).map((gpu): Gpu => {
    const processes = gpu.processes?.map(named) ?? null;
    const told = processes?.some(({user}) => user !== null) ?? false;
    return {...gpu, processes, sources: told ? [...gpu.sources, 'ps'] : gpu.sources};
  });
  return {...host, gpus};
}

/** Linux keeps fifteen characters of a program's name (TASK_COMM_LEN). */
const COMMAND_LENGTH = 15;

function usersOf(listing: string): (process: GpuProcess) => string | null {
  const rows = new Map(
    linesOf(listing).flatMap(line => {
      const [, pid, user, command] = /^\s*(\d{1,10})\s+(\S{1,64})\s+(\S.*)$/.exec(line) ?? [];
      return pid && user && command ? [[Number(pid), {user, command: command.trim()}] as const] : [];
    }),
  );
  return ({pid, name}) => {
    const row = rows.get(pid);
    const program = basename(name?.split(' ')[0] ?? '').slice(0, COMMAND_LENGTH);
    return row && program !== '' && row.command.slice(0, COMMAND_LENGTH) === program ? row.user : null;
  };
}
