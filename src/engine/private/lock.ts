import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {interrupted} from '../../interrupt.js';

const POLL_INTERVAL = 100;

/** Does the work while no other gpudock on this machine holds `file`; a lock whose process is gone counts for nothing. */
export async function withLock<T>(file: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), {recursive: true});
  while (!(await take(file))) {
    if (signal.aborted) throw interrupted('the wait for another gpudock');
    if (!(await isHeld(file))) await rm(file, {force: true});
    await sleep(POLL_INTERVAL);
  }
  try {
    return await work();
  } finally {
    await rm(file, {force: true});
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid}`, {flag: 'wx'});
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isHeld(file: string): Promise<boolean> {
  // An empty file is one that its holder is about to write.
  const pid = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (pid === 0) return sleep(POLL_INTERVAL).then(async () => (await readFile(file, 'utf8').catch(() => '')) !== '');
  return isAlive(pid);
}

/** Whether a process exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
