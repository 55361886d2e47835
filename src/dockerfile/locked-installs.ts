import {backend, INSTALL, type Install} from './install.js';
import type {DockerfileQuestion} from './question.js';

/** The files of the build context that hold the packages of a lock. */
export const LOCKED = {conda: 'gpudock.conda.txt', hashed: 'gpudock.hashed.txt', named: 'gpudock.named.txt'} as const;

/** Exactly the packages of the lock: nothing is resolved, and nothing without its hash but what comes from a repository. */
export function lockedInstalls(question: DockerfileQuestion, overBase: boolean): Install[] {
  const install = overBase
    ? 'python -m pip install --no-deps'
    : `/opt/uv/bin/uv pip install --compile-bytecode --no-deps${backend(question)}`;
  return lockedLists(question, install);
}

/** A step for what has hashes, one for what has none. `install`: the program up to what it installs. */
export function lockedLists({locked}: Pick<DockerfileQuestion, 'locked'>, install: string): Install[] {
  const step = (stage: string, comment: string, words: string, file: string): Install => ({
    ...INSTALL,
    stage,
    comment,
    files: [file],
    run: `${install} ${words} -r /build/${file}`,
  });
  return [
    ...(locked?.python.some(({hashes}) => hashes.length > 0)
      ? [step('packages', 'the packages of gpudock.lock', '--require-hashes', LOCKED.hashed)]
      : []),
    ...(locked?.python.some(({hashes}) => hashes.length === 0)
      ? [step('repositories', 'those that come from repositories, by commit', '', LOCKED.named)]
      : []),
  ];
}
