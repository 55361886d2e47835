import {expect, test} from '@jest/globals';
import {beforeStep} from '../../../src/dockerfile/before.js';
import {MATRIX} from './matrix.js';

const DOCKERFILE = [
  'FROM a AS builder',
  'RUN one \\',
  '    # why',
  '    && two',
  'FROM builder AS packages',
  'RUN three',
  'FROM a',
  'RUN one',
  '',
].join('\n');

test.each([
  ['[builder 2/2] RUN one     && two', 'FROM a AS builder\n'],
  ['[packages 1/1] RUN three', DOCKERFILE.slice(0, DOCKERFILE.indexOf('RUN three'))],
  ['[stage-2 2/2] RUN one', DOCKERFILE.slice(0, DOCKERFILE.lastIndexOf('RUN one'))],
  ['[builder 1/2] FROM a', null],
  ['[packages 1/1] RUN four', null],
])('%s', (step, text) => {
  expect(beforeStep(DOCKERFILE, step)).toBe(text);
});

test('what the step mounts of another stage lies in the state before it', () => {
  const run = 'RUN --mount=type=secret,id=ca --mount=type=bind,from=lists,source=/packages,target=/build pip install';
  expect(beforeStep(`FROM a\n${run}\n`, `[packages 1/1] ${run}`)).toBe('FROM a\nCOPY --from=lists /packages /build\n');
});

test.each(MATRIX)('%s: every step that runs is found as BuildKit calls it', (_, {dockerfile}) => {
  const steps = dockerfile
    .replace(/\n\s+#[^\n]*/g, '')
    .replace(/\\\n/g, '')
    .split('\n')
    .filter(line => line.startsWith('RUN '));
  for (const step of steps) expect(beforeStep(dockerfile, `[x 1/1] ${step}`)).not.toBeNull();
});
