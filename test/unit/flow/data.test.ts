import {expect, test} from '@jest/globals';
import {withProjectData} from '../../../src/flow/data.js';
import type {World} from '../../../src/world/world.js';

const there = new Set(['/home/ada/images', '/thesis/set', '/other/set']);
const world: Pick<World, 'stat' | 'env'> = {
  env: {HOME: '/home/ada'},
  stat: async path =>
    there.has(path)
      ? {status: 'ok', value: {kind: 'folder', uid: 1, gid: 1, readable: true, writable: false}}
      : {status: 'not-found'},
};
const binds = async (data: string[], given: string[] = []) =>
  (await withProjectData(world, {dir: '/thesis', settings: {data}}, {binds: given})).binds;

test.each<[string[], string[], string[]]>([
  [[], ['/a:/data/a'], ['/a:/data/a']],
  [['set'], [], ['/thesis/set:/data/set']],
  [['~/images:ro'], [], ['/home/ada/images:/data/images:ro']],
  [['set:ro'], ['/other/set:/data/set'], ['/other/set:/data/set']],
])('data %j beside %j', async (data, given, mounts) => {
  expect(await binds(data, given)).toEqual(mounts);
});

test('data that is not there is an error', async () => {
  await expect(binds(['gone'])).rejects.toThrow('/thesis/gone cannot be read');
});
