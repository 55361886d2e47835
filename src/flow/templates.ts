import {readdirSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import type {Templates} from '../dockerfile/question.js';
import {packageRoot} from '../package-root.js';

/** The parts of the Dockerfile that gpudock ships. */
export function readTemplates(): Templates {
  const folder = join(packageRoot(), 'templates', 'dockerfile');
  const files = readdirSync(folder).sort();
  return Object.fromEntries(files.map(file => [basename(file, '.eta'), readFileSync(join(folder, file), 'utf8')]));
}
