import {backend, INSTALL, type Install} from './install.js';
import type {DockerfileQuestion} from './question.js';

/** The file of the build context that holds the packages of a lock. */
export const LOCKED = {hashed: 'gpudock.hashed.txt', named: 'gpudock.named.txt'} as const;

/** Exactly the packages of the lock: nothing is resolved, and nothing without its hash but what comes from a repository. */
export function lockedInstalls({locked, ...question}: DockerfileQuestion, overBase: boolean): Install[] {
  const install = overBase
    ? 'python -m pip install --no-deps'
    : `/opt/uv/bin/uv pip install --compile-bytecode --no-deps${backend(question)}`;
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
