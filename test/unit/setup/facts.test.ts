import {expect, test} from '@jest/globals';
import {readSetupFacts} from '../../../src/setup/facts.js';
import {liveWorld} from '../../../src/world/live.js';
import type {World} from '../../../src/world/world.js';
import {host} from '../diagnosis/machines.js';

/** This machine, on which only `path` is there. */
const machineWith = (path: string): World => {
  const live = liveWorld(() => async () => ({status: 'not-found', detail: ''}));
  const file = {kind: 'file', uid: 0, gid: 0, mode: 0o755} as never;
  return {
    ...live,
    env: {HOME: '/home/ada'},
    stat: async asked => (asked === path ? {status: 'ok', value: file} : {status: 'not-found', detail: ''}),
  };
};

test.each([
  ['for all users', '/usr/libexec/docker/cli-plugins/docker-buildx', true],
  ["in a user's own folder", '/home/ada/.docker/cli-plugins/docker-buildx', true],
  ['nowhere', '/nowhere', false],
])('buildx %s', async (_, path, there) => {
  expect((await readSetupFacts(machineWith(path), host())).buildx).toBe(there);
});
