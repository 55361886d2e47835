import {describe, expect, test} from '@jest/globals';
import {buildFailed, engineGone} from '../../../src/engine/build-failures.js';
import type {Progress} from '../../../src/engine/build-progress.js';

const MOUNTS = '--mount=type=cache,target=/root/.cache     --mount=type=secret,id=ca     ';
const failed = (tail: string[]): Progress => ({
  failedStep: `[packages 2/2] RUN ${MOUNTS}uv pip install -r /build/requirements.txt     && find /opt/venv`,
  tail,
  words: ['ERROR: failed to solve: process "/bin/sh -c uv pip install" did not complete successfully: exit code: 1'],
  read: () => [],
  end: () => [],
});

describe('a build that failed', () => {
  test('names its step without what every step has', async () => {
    const {message} = await buildFailed(failed([]));
    expect(message).toBe(
      'this step of the build failed: [packages 2/2] RUN uv pip install -r /build/requirements.txt && find /opt/venv',
    );
  });

  test('without an image says which one, and how to see why', async () => {
    const progress: Progress = {
      ...failed([]),
      failedStep: '[internal] load metadata for docker.io/mambaorg/micromamba:2',
      words: [
        'ERROR: failed to solve: mambaorg/micromamba:2: failed to resolve source metadata for docker.io/mambaorg/micromamba:2: dial tcp: no such host',
      ],
    };
    expect(await buildFailed(progress)).toMatchObject({
      code: 'base_unavailable',
      message: expect.stringContaining('mambaorg/micromamba:2'),
      reason: 'dial tcp: no such host',
      fix: expect.stringContaining('docker pull mambaorg/micromamba:2'),
    });
  });

  test.each<[string, string[], RegExp]>([
    [
      'a hash that is not the one of the file',
      ['  × Failed to download `tabulate==0.9.0`', '  ╰─▶ Hash mismatch for `tabulate==0.9.0`', '      Expected:'],
      /is not what the index announced|hash/,
    ],
    [
      'what nobody knows',
      ['Using CPython 3.13.5', 'error: the moon is full', '  hint: wait'],
      /^error: the moon is full$/,
    ],
    [
      'a step that says nothing',
      ['+ sleep 1'],
      /^failed to solve: the step did not complete successfully: exit code: 1$/,
    ],
  ])('%s', async (_, tail, cause) => {
    expect((await buildFailed(failed(tail))).reason).toMatch(cause);
  });
});

test.each(['docker', 'podman'] as const)('an engine that ended is started again as %s is', kind => {
  expect(engineGone(failed([]), kind).fix).toContain(`restart ${kind}`);
});
