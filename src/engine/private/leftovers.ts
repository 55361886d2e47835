import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {World} from '../../world/world.js';

/**
 * Ends what an engine that is gone left behind under its folder: containers with their supervisors, and mounts. Nothing
 * is done for an engine that went down in order.
 */
export async function clearLeftovers(world: World, folder: string): Promise<void> {
  for (const pid of await processesOf(folder)) {
    const children = await textOf(`/proc/${pid}/task/${pid}/children`);
    for (const victim of [...children.split(' ').filter(Boolean).map(Number), pid]) kill(victim);
  }
  for (const mount of await mountsUnder(folder)) await world.run({program: 'umount', args: ['-l', mount]});
}

/** Processes of an engine name its folder on their command line: dockerd, containerd, a shim for each container. */
async function processesOf(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async pid => {
      const [comm, line] = await Promise.all([textOf(`/proc/${pid}/comm`), textOf(`/proc/${pid}/cmdline`)]);
      return /^(?:dockerd|containerd)/.test(comm) && line.includes(`${folder}/`) ? pid : null;
    }),
  );
  return found.filter(pid => pid !== null);
}

/** Mount points under a folder, innermost first (proc_pid_mountinfo(5): fifth field, blanks as octal). */
export async function mountsUnder(folder: string): Promise<string[]> {
  const lines = (await textOf('/proc/self/mountinfo')).split('\n');
  const points = lines.map(line =>
    (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ),
  );
  return points.filter(point => point.startsWith(join(folder, '/'))).reverse();
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
