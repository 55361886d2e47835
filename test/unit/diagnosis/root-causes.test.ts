import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {explainText} from '../../../src/diagnosis/explain.js';
import {KNOWN_FAILURES} from '../../../src/diagnosis/known/index.js';
import {rootCauses} from '../../../src/diagnosis/root-causes.js';

const found = KNOWN_FAILURES.map(failure => ({failure}));

test('whatever was found, something of it is told', () => {
  fc.assert(
    fc.property(fc.subarray(found, {minLength: 1, maxLength: 5}), some => {
      expect(rootCauses(some)).not.toEqual([]);
    }),
    {numRuns: 2_000},
  );
});

test.each([
  [
    'a failed step tells less than what failed in it',
    'ImportError: libGL.so.1: cannot open shared object file: No such file or directory\nERROR: failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: 1',
    ['library_missing'],
  ],
  [
    'what the kernel says of the GPU tells more than that none was found',
    'No devices were found\nNVRM: GPU 0000:a1:00.0: RmInitAdapter failed! (0x62:0x40:2168)',
    ['gpu_init_failed'],
  ],
])('%s', (_, log, ids) => {
  expect(explainText(log).map(({id}) => id)).toEqual(ids);
});
