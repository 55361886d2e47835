import {expect, test} from '@jest/globals';
import type {Verdict} from '../../../src/contract/verdict.js';
import {renderVerdict} from '../../../src/ui/verdict.js';

const verdict: Verdict = {
  image: 'team/app:1',
  digest: null,
  verdict: 'unknown',
  rules: [
    {id: 'platform', outcome: 'pass', reason: 'the image exists for amd64'},
    {id: 'gpu-architecture', outcome: 'unknown', reason: 'nothing is known of its code', gpu: 'L4'},
    {id: 'space', outcome: 'skip', reason: 'the size of the image was not read'},
    {id: 'image-content', outcome: 'unknown', reason: 'its registry does not answer', fix: 'check again'},
    {id: 'driver-floor', outcome: 'fail', reason: 'the driver is too old', fix: 'a newer one'},
  ],
};

test('what decides comes first, and of what is not known the image itself before what follows from it', () => {
  expect(renderVerdict(verdict)).toBe(
    [
      'team/app:1: cannot tell',
      '  ✗ driver-floor: the driver is too old',
      '      fix: a newer one',
      '  ? image-content: its registry does not answer',
      '      fix: check again',
      '  ? gpu-architecture: nothing is known of its code [L4]',
      '  ✓ platform: the image exists for amd64',
      '',
    ].join('\n'),
  );
});

test('what was not asked of an image is left out, but that it needs no GPU is told', () => {
  const skipped: Verdict = {
    ...verdict,
    verdict: 'runs',
    rules: [
      {id: 'driver-floor', outcome: 'skip', reason: 'the image is for the CPU'},
      {id: 'image-content', outcome: 'skip', reason: 'the image is for the CPU'},
      {id: 'platform', outcome: 'pass', reason: 'the image exists for amd64'},
    ],
  };
  expect(renderVerdict(skipped)).toBe(
    [
      'team/app:1: runs',
      '  - image-content: the image is for the CPU',
      '  ✓ platform: the image exists for amd64',
      '',
    ].join('\n'),
  );
});

test('nothing from outside obeys the terminal', () => {
  const evil: Verdict = {...verdict, rules: [{id: 'platform', outcome: 'pass', reason: '\u001b[31mred\u001b[0m'}]};
  expect(renderVerdict(evil)).not.toContain('\u001b');
});
