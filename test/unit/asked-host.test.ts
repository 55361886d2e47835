import {expect, test} from '@jest/globals';
import {askedHost, type HostFlags} from '../../src/asked-host.js';
import {liveWorld} from '../../src/world/live.js';

const NONE: HostFlags = {
  'for-driver': undefined,
  'for-gpu': undefined,
  'for-arch': undefined,
  wsl: false,
  from: undefined,
  gpus: 'all',
};
const asked = (flags: Partial<HostFlags>) =>
  askedHost(
    {...NONE, ...flags},
    liveWorld(() => async () => ({status: 'not-found', detail: 'no engine'})),
  );

test.each<[string, Partial<HostFlags>, string]>([
  ['a driver without a GPU', {'for-driver': '535.104.05'}, 'question_incomplete'],
  ['a GPU without a driver', {'for-gpu': ['L4']}, 'question_incomplete'],
  ['WSL2 of no machine', {wsl: true}, 'question_incomplete'],
  [
    'an imagined and a recorded machine',
    {'for-driver': '535.104.05', 'for-gpu': ['L4'], from: '.'},
    'question_contradictory',
  ],
])('%s is no question', async (_, flags, code) => {
  await expect(asked(flags)).rejects.toMatchObject({code});
});

test('the machine that exists only in the question, with the GPUs that it is limited to', async () => {
  const {host, question} = await asked({'for-driver': '535.104.05', 'for-gpu': ['L4', 'T4'], gpus: '0'});
  expect(host.gpus?.map(({name}) => name)).toEqual(['L4', 'T4']);
  expect(question).toEqual({synthetic: true, gpus: ['0']});
});
