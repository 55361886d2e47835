import {open} from 'node:fs/promises';
import {Failure} from '../../failure.js';

/** Bytes read at once. */
const CHUNK = 1 << 20;

/** The bytes of a log file, or of standard input for `-`. */
export async function openLog(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin;
  try {
    const handle = await open(file);
    if ((await handle.stat()).isDirectory()) throw Object.assign(new Error('it is a folder'), {code: 'EISDIR'});
    return handle.createReadStream({highWaterMark: CHUNK});
  } catch (error) {
    throw new Failure(
      {
        code: 'log_unreadable',
        message: `cannot read the log ${file}`,
        cause: error instanceof Error ? error.message : null,
        fix: 'name a text file, or pipe the log: COMMAND 2>&1 | gpudock explain',
      },
      {cause: error},
    );
  }
}
