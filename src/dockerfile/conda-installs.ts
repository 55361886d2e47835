import {INSTALL, type Install} from './install.js';
import type {DockerfileQuestion} from './question.js';
import {commentOf, wanted} from './wanted.js';

/** conda's solver chooses all at once, the target's own packages too; what gpudock.yaml adds comes from the Python index. */
export function condaInstalls(question: DockerfileQuestion, own: readonly string[]): Install[] {
  const {files, list, named} = wanted(question, false);
  const create = 'micromamba create --yes --quiet --always-copy --prefix /opt/venv';
  return [
    {
      ...INSTALL,
      stage: 'conda',
      comment: commentOf(files, ''),
      files: files.map(({path}) => path),
      run: [create, `--file ${list}`, 'pip', ...own].join(' '),
    },
    ...(named.length === 0
      ? []
      : [
          {
            ...INSTALL,
            stage: 'packages',
            comment: 'what gpudock.yaml adds',
            run: ['/opt/venv/bin/python -m pip install', ...named].join(' '),
          },
        ]),
  ];
}
