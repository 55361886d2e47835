import {INSTALL, type Install, installer} from './install.js';
import type {DockerfileQuestion} from './question.js';
import {commentOf, HASHED, type Wanted} from './wanted.js';

export const toolsInstall = (question: DockerfileQuestion, own: readonly string[], overBase: boolean): Install => ({
  ...INSTALL,
  stage: 'tools',
  comment: `${own.join(', ')}: changes less often than the packages`,
  private: false,
  run: [installer(question, overBase), ...own].join(' '),
});

/** One step for the target's own packages, one for the project's, as the installer finds them. */
export function listedInstalls(
  question: DockerfileQuestion,
  own: readonly string[],
  overBase: boolean,
  {named, files, list, exported}: Wanted,
): Install[] {
  const step = (stage: string, comment: string, words: readonly string[], paths: readonly string[] = []): Install => ({
    ...INSTALL,
    stage,
    comment,
    files: paths,
    run: [installer(question, overBase), ...words].join(' '),
  });
  const before = own.length === 0 ? [] : [toolsInstall(question, own, overBase)];
  const comment = commentOf(files, exported);
  const paths = files.map(({path}) => path);
  // One package with a hash makes pip ask for the hash of every one: those without stand in a step of their own.
  if (list !== null && (exported !== '' || files.some(({text}) => HASHED.test(text))))
    return [
      ...before,
      preceded(exported, step('packages', comment, [`-r ${list}`], paths)),
      ...(named.length === 0 ? [] : [step('unhashed', 'packages that no hash is known of', named)]),
    ];
  return [...before, step('packages', comment, [...own, ...(list === null ? [] : [`-r ${list}`]), ...named], paths)];
}

const preceded = (command: string, install: Install): Install => ({...install, run: `${command}${install.run}`});
