import {expect, test} from '@jest/globals';
import {watched} from '../../../src/host/deadline.js';
import {liveWorld} from '../../../src/world/live.js';

const live = liveWorld(() => async () => ({status: 'error', detail: 'not asked here'}));

test('a program that hangs is given the common time, not its own, and is named', async () => {
  const {world, late} = watched(live, 600);
  expect(await world.run({program: 'sleep', args: ['60'], timeout: 60_000})).toMatchObject({status: 'timeout'});
  // What is asked after it does not wait for its own time either.
  expect(await world.run({program: '/bin/sleep', args: ['61'], timeout: 60_000})).toMatchObject({status: 'timeout'});
  expect([...late]).toEqual(['sleep']);
});

test('what answers is heard though the common time is over, and is not named', async () => {
  const {world, late} = watched(live, 0);
  expect(await world.run({program: 'echo', args: ['here'], timeout: 5_000})).toMatchObject({stdout: 'here\n'});
  expect(late.size).toBe(0);
});
