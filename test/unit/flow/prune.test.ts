import {expect, test} from '@jest/globals';
import type {OwnImage} from '../../../src/engine/own-images.js';
import {freedMiB, planPrune} from '../../../src/flow/prune.js';

const image = (tag: string, day: number, change: Partial<OwnImage> = {}): OwnImage => ({
  id: `sha256:${tag}`,
  tags: [tag],
  project: '/a',
  base: null,
  sizeMiB: 300,
  sharedMiB: 200,
  built: new Date(Date.UTC(2026, 0, day)),
  containers: [],
  ...change,
});
const images = [image('old', 1), image('new', 3), image('middle', 2), image('other', 1, {project: '/b'})];
const removed = (keep: number, project: string | null = null, of = images) =>
  planPrune(of, {keep, project}).remove.map(({tags}) => tags[0]);

test.each<[number, string | null, string[]]>([
  [0, null, ['new', 'middle', 'old', 'other']],
  [1, null, ['middle', 'old']],
  [2, null, ['old']],
  [0, '/b', ['other']],
  [0, '/nowhere', []],
])('keep %d of %s', (keep, project, gone) => {
  expect(removed(keep, project)).toEqual(gone);
});

test('what a container was made from stays, with the reason', () => {
  const plan = planPrune([image('used', 1, {containers: ['job']})], {keep: 0, project: null});
  expect(plan).toMatchObject({remove: [], kept: [{why: 'used by job'}]});
});

test('shared layers are not counted as freed', () => {
  expect(freedMiB([image('a', 1), image('b', 1, {sharedMiB: null})])).toBe(100 + 300);
});
