import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {packageRoot} from '../package-root.js';

/**
 * The content of `compat-matrix/<name>.json`, read once a process. The shipped files are checked against their schemas
 * by the tests and by `matrix verify`, not on every run; an overlay from outside is never read through here.
 */
const documents = new Map<string, unknown>();

export function matrixDocument<T>(name: string): T {
  if (!documents.has(name)) {
    documents.set(name, JSON.parse(readFileSync(join(packageRoot(), 'compat-matrix', `${name}.json`), 'utf8')));
  }
  return documents.get(name) as T;
}
