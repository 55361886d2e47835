import {condaResolution} from './conda-installs.js';
import {backend} from './install.js';
import type {DockerfileQuestion, Upgrade} from './question.js';
import {wanted} from './wanted.js';

/** The step that finds out which packages would be installed, and writes them under /lock. */
export interface Resolution {
  stage: string;
  files: readonly string[];
  made: readonly string[];
  private: boolean;
  run: string;
}

/** Where the versions of an earlier lock lie: uv keeps them where they still fit. */
export const PREFERRED = 'gpudock.preferred.txt';

/**
 * Over a base pip alone sees what is there already; it says with its report what it would add. uv writes every hash that the
 * index has. `own`: packages of the target.
 */
export function resolution(
  question: DockerfileQuestion,
  own: readonly string[],
  overBase: boolean,
  upgrade: Upgrade,
): Resolution {
  if (question.packages === 'conda') return condaResolution(question, own);
  const {named, files, list, exported} = wanted(question, overBase);
  const paths = files.map(({path}) => path);
  if (overBase) {
    const words = [...own, ...(list === null ? [] : [`-r ${list}`]), ...named];
    const pip = 'python -m pip install -c /opt/constraints.txt --quiet --dry-run --report /lock/report.json';
    return {
      stage: 'resolved',
      files: paths,
      made: [],
      private: true,
      run: words.length === 0 ? 'true' : [pip, ...words].join(' '),
    };
  }
  const typed = [...own.map(name => `'${name}'`), ...named];
  const flags = [
    '--quiet --no-header --no-annotate --generate-hashes --output-file /lock/python.txt',
    ...(upgrade.packages === null ? ['--upgrade'] : upgrade.packages.map(name => `--upgrade-package ${name}`)),
  ];
  const compile = `/opt/uv/bin/uv pip compile${backend(question)} ${flags.join(' ')}`;
  const sources = [...(list === null ? [] : [list]), ...(typed.length === 0 ? [] : ['-'])];
  const run = [
    ...(upgrade.preferred ? [`cp /build/${PREFERRED} /lock/python.txt`] : []),
    sources.length === 0
      ? 'true'
      : `${exported}${typed.length === 0 ? '' : `printf '%s\\n' ${typed.join(' ')} | `}${compile} ${sources.join(' ')}`,
  ].join(' && ');
  return {
    stage: 'resolved',
    files: [...paths, ...(upgrade.preferred ? [PREFERRED] : [])],
    made: [],
    private: true,
    run,
  };
}
