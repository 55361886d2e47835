import {expect, test} from '@jest/globals';
import {PullProgress} from '../../../src/engine/pull-progress.js';

const follow = (lines: readonly unknown[]) => {
  const progress = new PullProgress('a/b:1');
  const events = lines.flatMap(line => progress.read(line) ?? []);
  return {progress, events};
};

test('layers are added up; a size that is not known yet is said to be missing', () => {
  const {events} = follow([
    {status: 'Pulling from a/b', id: '1'},
    {status: 'Already exists', id: 'l1', progressDetail: {}},
    {status: 'Pulling fs layer', id: 'l2', progressDetail: {}},
    {status: 'Waiting', id: 'l3', progressDetail: {}},
    {status: 'Downloading', id: 'l2', progressDetail: {current: 10, total: 100}},
    {status: 'Downloading', id: 'l3', progressDetail: {current: 5, total: 50}},
    {status: 'Verifying Checksum', id: 'l2', progressDetail: {}},
    // Its own numbers are of the unpacking.
    {status: 'Extracting', id: 'l2', progressDetail: {current: 32, total: 100}},
    {status: 'Pull complete', id: 'l2', progressDetail: {}},
    {status: 'Digest: sha256:0'},
  ]);
  expect(
    events.map(({here, done, layers, current, total, complete}) => [here, done, layers, current, total, complete]),
  ).toEqual([
    [1, 0, 1, 0, 0, true],
    [1, 0, 2, 0, 0, false],
    [1, 0, 3, 0, 0, false],
    [1, 0, 3, 10, 100, false],
    [1, 0, 3, 15, 150, true],
    [1, 0, 3, 105, 150, true],
    [1, 0, 3, 105, 150, true],
    [1, 1, 3, 105, 150, true],
  ]);
});

test('a layer that is fetched again does not count backwards', () => {
  const {events} = follow([
    {status: 'Downloading', id: 'l', progressDetail: {current: 80, total: 100}},
    {status: 'Retrying in 5 seconds', id: 'l'},
    {status: 'Downloading', id: 'l', progressDetail: {current: 1, total: 100}},
  ]);
  expect(events.map(({current}) => current)).toEqual([80, 80, 80]);
});

test('what went wrong is kept, and what is no line is passed over', () => {
  const {progress, events} = follow([null, 'x', {error: 'no space left on device'}]);
  expect([progress.error, events]).toEqual(['no space left on device', []]);
});
