import {expect, test} from '@jest/globals';
import {freeRange} from '../../../../src/engine/private/network.js';

const routes = (...destinations: string[]): {dst: string}[] => destinations.map(dst => ({dst}));
const all = Array.from({length: 32}, (_, step) => `10.${213 + step}.7.0/24`);

test.each<[string, {dst: string}[], number | null, number | null]>([
  ['no route but the way out', routes('default'), null, 213],
  ['a network of the first range', routes('10.213.4.0/24'), null, 214],
  ['a single address of it', routes('10.213.255.255'), null, 214],
  ['a route that holds several ranges', routes('10.208.0.0/12'), null, 224],
  ['a route to all of 10/8', routes('10.0.0.0/8'), null, null],
  ['a network in every range', routes(...all), null, null],
  ['neighbours on both sides', routes('10.212.0.0/16', '10.214.0.0/16'), null, 213],
  ['the range of the last start, free', routes('default', '192.0.2.0/24'), 219, 219],
  ['the range of the last start, taken', routes('10.219.0.0/24'), 219, 213],
])('%s', (_, taken, before, range) => {
  expect(freeRange(taken, before)).toBe(range);
});
