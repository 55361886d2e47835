import {describe, expect, test} from '@jest/globals';
import type {BuildEvent} from '../../../src/engine/build-progress.js';
import {PodmanProgress} from '../../../src/engine/podman-progress.js';

/** What Podman 4.3.1 printed; the last line on its standard error. */
const FAILED = [
  'STEP 1/4: FROM docker.io/library/python:3.12-slim',
  `STEP 2/4: COPY --from=${'1'.repeat(64)} /etc/passwd /x`,
  '--> 9fade3965b5',
  `STEP 3/4: RUN --mount=type=cache,target=/c     echo before &&     sh -c 'echo "the reason" >&2; exit 3'`,
  'before',
  'the reason',
  `Error: building at STEP "RUN --mount=type=cache,target=/c echo before &&     sh -c 'echo "the reason" >&2; exit 3'": while running runtime: exit status 3`,
  '',
];

/** The image of the stage `a`. */
const IMAGE = '1'.repeat(64);

function follow(lines: readonly string[]): {progress: PodmanProgress; events: BuildEvent[]} {
  let second = 0;
  const progress = new PodmanProgress('builder', new Map([['a', IMAGE]]), () => second * 1000);
  const events = lines.flatMap(line => {
    second += 1;
    return progress.read(line);
  });
  return {progress, events};
}

describe('a build of Podman', () => {
  const {progress, events} = follow(FAILED);
  const FAILING = `[builder 3/4] RUN --mount=type=cache,target=/c     echo before &&     sh -c 'echo "the reason" >&2; exit 3'`;

  test('names each step as BuildKit would, with its seconds', () => {
    expect(events.filter(({type}) => type === 'started').length).toBe(3);
    expect(events).toContainEqual({type: 'finished', step: '[builder 2/4] COPY --from=a /etc/passwd /x', seconds: 2});
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
    expect(events).toContainEqual({type: 'cached', step: '[builder 2/2] RUN one'});
  });

  test('of a stage without a name has none before its steps', () => {
    expect(new PodmanProgress('', new Map(), Date.now).read('STEP 1/4: FROM a')).toEqual([
      {type: 'started', step: '[1/4] FROM a'},
    ]);
  });

  test('that ends well ends its last step', () => {
    const {progress} = follow(['STEP 1/2: FROM a', 'STEP 2/2: RUN one', '--> 789bf5b2e23']);
    expect(progress.end()).toEqual([{type: 'finished', step: '[builder 2/2] RUN one', seconds: 1}]);
  });

  test('that never began has no failed step', () => {
    const {progress} = follow(['Error: unable to connect to Podman socket: connection refused']);
    expect([progress.failedStep, progress.words.length]).toEqual([null, 1]);
  });
});
