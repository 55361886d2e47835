import {describe, expect} from '@jest/globals';
import {Setup} from '../../../src/contract/setup.js';
import {setUp} from '../../../src/flow/setup.js';
import {liveWorld} from '../../../src/world/live.js';
import {bytesOf, layOut, placesOf, recordings, testEach} from '../host/layout.js';

const all = recordings();
const configs = all.filter(({kind}) => kind === 'docker-daemon-json');
const live = liveWorld(() => async () => ({status: 'not-found', detail: ''}));
const silent = {say: () => {}, hear: () => {}, during: <T>(_: string, work: Promise<T>) => work};
const talk = {...silent, ready: () => {}, agrees: async () => false};
const OPTIONS = {planOnly: true, rootless: false, dataRoot: null, packages: null};

const planFor = (from: string, mirrors: string[] = []): Promise<Setup> =>
  setUp(live, {...OPTIONS, from, mirrors}, talk, new AbortController().signal);

describe(`set-up of captures of real machines (${all.length} read)`, () => {
  testEach('%s: what is not recorded is not planned', all, async recording => {
    const plan = Setup.parse(await planFor(layOut(placesOf(recording, bytesOf(recording)))));
    expect(plan.groups.filter(({state}) => state === 'needed')).toEqual([]);
    expect(plan.groups.flatMap(({steps}) => steps)).toEqual([]);
  });

  testEach('a mirror beside %s: nothing of it is lost, and what is no JSON is left alone', configs, async recording => {
    const text = bytesOf(recording).toString();
    const planned = planFor(layOut(placesOf(recording, text)), ['https://mirror.example.com']);
    if (isObject(text)) expect((await planned).groups.map(({id}) => id)).toContain('mirrors');
    else await expect(planned).rejects.toMatchObject({code: 'daemon_config_invalid'});
  });
});

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
