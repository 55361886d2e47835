import {readFile, realpath} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {EXIT, Failure} from '../failure.js';

/** A virtual environment of the host that both sides run, at the same path. */
export interface Venv {
  python: string;
  /** What a container has to be given: the environment, and the interpreter that it was made of. */
  folders: string[];
}

/** These are the image's own: an interpreter in them has to be the same in the image, or the comparison is refused. */
const OF_THE_SYSTEM = new Set(['/', '/usr', '/usr/local']);

/** Throws `venv_invalid`. */
export async function readVenv(folder: string): Promise<Venv> {
  const python = join(folder, 'bin', 'python3');
  try {
    const settings = await readFile(join(folder, 'pyvenv.cfg'), 'utf8');
    const home = /^home\s*=\s*(\/.+)$/m.exec(settings)?.[1]?.trim();
    // The name that the environment knows its interpreter by, and what stands behind it.
    const interpreters = [...(home === undefined ? [] : [home]), dirname(await realpath(python))];
    const folders = interpreters.map(bin => dirname(bin)).filter(prefix => !OF_THE_SYSTEM.has(prefix));
    return {python, folders: [...new Set([folder, ...folders])]};
  } catch (error) {
    throw new Failure({
      code: 'venv_invalid',
      message: `${folder} is no virtual environment`,
      cause: (error as Error).message,
      fix: 'name the folder that holds pyvenv.cfg, as python3 -m venv makes it',
      exit: EXIT.usage,
    });
  }
}
