import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

let found: string | undefined;

/** The folder that holds templates/ and compat-matrix/, from the source tree as from any chunk of the bundle. */
export function packageRoot(): string {
  found ??= search();
  return found;
}

function search(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'oclif.manifest.json')) && !existsSync(join(folder, 'compat-matrix'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('gpudock is not installed whole: compat-matrix is missing');
    folder = parent;
  }
  return folder;
}
