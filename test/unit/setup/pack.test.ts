import {describe, expect, test} from '@jest/globals';
import {mustFit} from '../../../src/setup/bundle.js';
import type {SetupFacts} from '../../../src/setup/facts.js';
import {planPack} from '../../../src/setup/pack.js';
import {parseRelease} from '../../../src/setup/release.js';
import {DISTRIBUTIONS, type Distribution} from './distributions.js';

const release = (distribution: Distribution) => parseRelease(DISTRIBUTIONS[distribution]);
const ENGINE = ['docker.io', 'docker-buildx', 'docker-cli', 'ca-certificates'];
const TOOLKIT = 'nvidia-container-toolkit';

const planned = (distribution: Distribution, offers: readonly string[] | null) =>
  planPack(
    {release: release(distribution), offers: offers && new Map(offers.map(name => [name, '1']))} as SetupFacts,
    '/tmp/engine.tar',
  );

describe('a bundle', () => {
  test('has the engine, and the toolkit where it is offered', () => {
    expect(planned('debian-13', [...ENGINE, TOOLKIT]).packages.toSorted()).toEqual([...ENGINE, TOOLKIT].toSorted());
    expect(planned('debian-13', ENGINE)).toMatchObject({notes: [expect.stringContaining('toolkit')], files: null});
  });

  test.each<[Distribution, readonly string[] | null, string, RegExp]>([
    ['debian-12', ['docker.io'], 'packages_unavailable', /--dry-run/],
    ['debian-13', null, 'package_indexes_missing', /apt-get update/],
    ['fedora', null, 'pack_unsupported', /dnf download .* --packages DIR/],
    ['arch', null, 'pack_unsupported', /pacman -Sw/],
  ])('cannot be made on %s with %j: %s', (distribution, offers, code, fix) => {
    expect(() => planned(distribution, offers)).toThrow(
      expect.objectContaining({code, fix: expect.stringMatching(fix)}),
    );
  });

  test('of another release is not installed', () => {
    const bundle = {file: '/usb/engine.tar', folder: '/cache', release: release('debian-13')};
    expect(() => mustFit(bundle, release('debian-13'))).not.toThrow();
    expect(() => mustFit(null, release('debian-12'))).not.toThrow();
    expect(() => mustFit(bundle, release('debian-12'))).toThrow(expect.objectContaining({code: 'bundle_mismatch'}));
    expect(() => mustFit(bundle, release('ubuntu-24.04'))).toThrow(expect.objectContaining({code: 'bundle_mismatch'}));
  });
});
