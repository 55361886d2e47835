import {INSTALL, type Install} from './install.js';
import {LOCKED, lockedLists} from './locked-installs.js';
import type {DockerfileQuestion} from './question.js';
import type {Resolution} from './resolve.js';
import {wanted} from './wanted.js';

/** Where conda's packages are when nothing stands in for that. */
export const CONDA_CHANNELS = 'https://conda.anaconda.org';

const CREATE = 'micromamba create --yes --always-copy --prefix /opt/venv';
const PIP = '/opt/venv/bin/python -m pip install';

/** conda's solver chooses all at once, the target's own packages too; what pip is to bring comes from the Python index. */
export function condaInstalls(question: DockerfileQuestion, own: readonly string[]): Install[] {
  if (question.locked !== null) return lockedConda(question);
  const {environment, lists, named} = condaWanted(question);
  const step = (stage: string, comment: string, paths: readonly string[], run: string): Install => ({
    ...INSTALL,
    stage,
    comment,
    files: paths,
    run,
  });
  const [list] = lists;
  return [
    step(
      'conda',
      `the project's packages (${environment})`,
      [environment],
      [CREATE, ...specs(environment, own)].join(' '),
    ),
    ...(list === undefined ? [] : [step('section', `its pip section`, lists, `${PIP} -r /build/${list}`)]),
    ...(named.length === 0 ? [] : [step('packages', 'what gpudock.yaml adds', [], [PIP, ...named].join(' '))]),
  ];
}

/** Which packages conda would choose, and what pip would add to them. */
export function condaResolution(question: DockerfileQuestion, own: readonly string[]): Resolution {
  const {environment, lists, named} = condaWanted(question);
  const asked = specs(environment, own).join(' ');
  const [list] = lists;
  const words = [...(list === undefined ? [] : [`-r /build/${list}`]), ...named];
  const run = [
    // With --json it says less of why it failed.
    `{ ${CREATE} --dry-run --json ${asked} > /lock/conda.json || { ${CREATE} --dry-run ${asked}; exit 1; }; }`,
    ...(words.length === 0
      ? []
      : [`${CREATE} ${asked}`, `${PIP} --quiet --dry-run --report /lock/report.json ${words.join(' ')}`]),
  ];
  return {
    stage: 'resolved',
    files: [environment, ...lists],
    made: [],
    private: true,
    run: run.join(' \\\n    && '),
  };
}

function condaWanted(question: DockerfileQuestion): {environment: string; lists: string[]; named: string[]} {
  const {files, named} = wanted(question, false);
  const [environment = '', ...lists] = files.map(({path}) => path);
  return {environment, lists, named};
}

const specs = (environment: string, own: readonly string[]): string[] => [
  `--file /build/${environment}`,
  'pip',
  ...own,
];

/** Exactly the files of the lock, each held against its digest; from a mirror where there is one. */
function lockedConda(question: DockerfileQuestion): Install[] {
  const mirrored = `sed "s#^${CONDA_CHANNELS}/#$(sed -n 's/^channel_alias: //p' /etc/conda/.condarc)/#" /build/${LOCKED.conda} > /tmp/${LOCKED.conda} && `;
  const [before, folder] = question.condaMirror ? [mirrored, '/tmp'] : ['', '/build'];
  return [
    {
      ...INSTALL,
      stage: 'conda',
      comment: "conda's packages of gpudock.lock",
      files: [LOCKED.conda],
      run: `${before}${CREATE} --file ${folder}/${LOCKED.conda}`,
    },
    ...lockedLists(question, `${PIP} --no-deps`),
  ];
}
