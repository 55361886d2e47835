import {describe, expect, test} from '@jest/globals';
import type {BuildEvent} from '../../../src/engine/build-progress.js';
import {PodmanProgress} from '../../../src/engine/podman-progress.js';

/** What Podman 4.3.1 printed; the second one on its standard error. */
const FAILED = [
  '[1/2] STEP 1/2: FROM docker.io/library/python:3.12-slim AS a',
  '[1/2] STEP 2/2: RUN --mount=type=cache,target=/var/cache/y1     --mount=type=secret,id=ca     echo one     && echo two',
  '--> Using cache 789bf5b2e23321fbb15b4073c4b6344936c4ed265ce05302295d4603bfa2fbe8',
  '--> 789bf5b2e23',
  '[2/2] STEP 1/4: FROM docker.io/library/python:3.12-slim',
  '[2/2] STEP 2/4: COPY --from=a /etc/passwd /x',
  '--> 9fade3965b5',
  `[2/2] STEP 3/4: RUN --mount=type=cache,target=/c     echo before &&     sh -c 'echo "the reason" >&2; exit 3'`,
  'before',
  'the reason',
  `Error: building at STEP "RUN --mount=type=cache,target=/c echo before &&     sh -c 'echo "the reason" >&2; exit 3'": while running runtime: exit status 3`,
  '',
];

function follow(lines: readonly string[]): {progress: PodmanProgress; events: BuildEvent[]} {
  let second = 0;
  const progress = new PodmanProgress(() => second * 1000);
  const events = lines.flatMap(line => {
    second += 1;
    return progress.read(line);
  });
  return {progress, events};
}

describe('a build of Podman', () => {
  const {progress, events} = follow(FAILED);
  const FAILING = `[2/2 3/4] RUN --mount=type=cache,target=/c     echo before &&     sh -c 'echo "the reason" >&2; exit 3'`;

  test('names each step as BuildKit would, with its seconds', () => {
    expect(events.filter(({type}) => type === 'started').length).toBe(5);
    expect(events).toContainEqual({type: 'finished', step: '[2/2 2/4] COPY --from=a /etc/passwd /x', seconds: 2});
    expect(events).toContainEqual({type: 'output', step: FAILING, line: 'the reason'});
  });

  test('that fails names the step, its last lines and the words of Podman', () => {
    expect(progress.failedStep).toBe(FAILING);
    expect(progress.tail.slice(-2)).toEqual(['before', 'the reason']);
    expect(progress.words).toEqual([FAILED.at(-2)]);
    expect(events.at(-1)).toEqual({type: 'failed', step: FAILING, error: FAILED.at(-2)});
  });

  test('that finds a step in its cache says so', () => {
    const {events} = follow([
      'STEP 1/2: FROM a',
      'STEP 2/2: RUN one',
      '--> Using cache 789bf5b2e23321fbb15b4073c4b6344936c4ed265ce05302295d4603bfa2fbe8',
      'STEP 3/3: RUN two',
    ]);
    expect(events).toContainEqual({type: 'cached', step: '[2/2] RUN one'});
  });

  test('that never began has no failed step', () => {
    const {progress} = follow(['Error: unable to connect to Podman socket: connection refused']);
    expect([progress.failedStep, progress.words.length]).toEqual([null, 1]);
  });
});
