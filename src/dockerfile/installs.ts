import {condaInstalls} from './conda-installs.js';
import type {Install} from './install.js';
import {layeredInstalls} from './layered-installs.js';
import {listedInstalls, toolsInstall} from './listed-installs.js';
import {lockedInstalls} from './locked-installs.js';
import type {DockerfileQuestion} from './question.js';
import {wanted} from './wanted.js';

/** The steps in the order of how seldom they change. `own`: packages of the target. */
export function installs(question: DockerfileQuestion, own: readonly string[], overBase: boolean): Install[] {
  if (question.packages === 'conda') return condaInstalls(question, own);
  if (question.locked !== null) return lockedInstalls(question, overBase);
  const found = wanted(question, overBase);
  if (found.list === null && found.named.length === 0)
    return own.length === 0 ? [] : [toolsInstall(question, own, overBase)];
  const optioned = found.exported !== '' || question.project.files.some(({text}) => OPTIONS.test(text));
  return overBase || optioned
    ? listedInstalls(question, own, overBase, found)
    : layeredInstalls({...question, own, found});
}

/** Options of a requirements file that would have to be repeated, or that ask for a hash of everything. */
const OPTIONS = /^[ \t]*-(?!r\b|c\b|-requirement\b|-constraint\b|-no-binary\b|-only-binary\b)|\s--hash[=\s]/m;
