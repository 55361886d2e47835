import {describe, expect, test} from '@jest/globals';
import {mustFit} from '../../../src/setup/bundle.js';
import {downloadStep, type Packable} from '../../../src/setup/download.js';
import {offeredRpms} from '../../../src/setup/facts.js';
import {planPack} from '../../../src/setup/pack.js';
import {parseRelease} from '../../../src/setup/release.js';
import type {World} from '../../../src/world/world.js';
import {DISTRIBUTIONS, type Distribution} from './distributions.js';

const release = (distribution: Distribution) => parseRelease(DISTRIBUTIONS[distribution]);
const ENGINE = ['docker.io', 'docker-buildx', 'docker-cli', 'ca-certificates'];
const DOCKERS = ['docker-ce', 'docker-ce-cli', 'containerd.io', 'docker-buildx-plugin'];
const TOOLKIT = 'nvidia-container-toolkit';

const planned = (distribution: Distribution, offers: readonly string[] | null) =>
  planPack(
    {release: release(distribution), offers: offers && new Map(offers.map(name => [name, '1']))},
    '/tmp/engine.tar',
  );

describe('a bundle', () => {
  test('has the engine, and the toolkit where it is offered', () => {
    expect(planned('debian-13', [...ENGINE, TOOLKIT]).packages.toSorted()).toEqual([...ENGINE, TOOLKIT].toSorted());
    expect(planned('debian-13', ENGINE)).toMatchObject({notes: [expect.stringContaining('toolkit')], files: null});
  });

  test.each<[Distribution, readonly string[], string]>([
    ['fedora', [...DOCKERS, TOOLKIT], [...DOCKERS, TOOLKIT].join(' ')],
    ['rocky', DOCKERS, DOCKERS.join(' ')],
    ['leap', ['docker', 'docker-buildx'], 'docker docker-buildx'],
    ['tumbleweed', ['docker', 'docker-buildx'], `docker docker-buildx ${TOOLKIT}`],
  ])('on %s has %j', (distribution, offers, packages) => {
    expect(planned(distribution, offers).packages.join(' ')).toBe(packages);
  });

  test.each<[Packable, number, string]>([
    ['fedora', 1000, 'dnf --assumeyes --quiet download --resolve --alldeps --destdir /d a b'],
    ['rhel', 0, 'dnf --assumeyes --quiet download --resolve --alldeps --destdir /d a b'],
    [
      'suse',
      1000,
      'sudo zypper --non-interactive --quiet --installroot /d/root --pkg-cache-dir /d install --download-only --no-recommends a b',
    ],
  ])('is filled on %s for uid %d by: %s', (family, uid, line) => {
    const user = {uid, gid: uid, name: null, groups: null};
    expect(downloadStep({user}, family, '/d', ['a', 'b']).join(' ')).toBe(line);
  });

  test.each<[string, 'fedora' | 'suse', string, string[] | null]>([
    ['dnf', 'fedora', 'docker-ce\n\ndocker-ce\n\nnvidia-container-toolkit\n\n', ['docker-ce', TOOLKIT]],
    [
      'zypper',
      'suse',
      'Loading repository data...\n\nS  | Name          | Summary | Type\n---+---------------+---------+--------\ni+ | docker        | s       | package\n   | docker-buildx | s       | package\n',
      ['docker', 'docker-buildx'],
    ],
    ['dnf that knows of none', 'fedora', '', null],
  ])('rests on what %s says', async (_, family, stdout, names) => {
    const run: World['run'] = async () => ({status: 'ran', exit: 0, signal: null, stdout, stderr: ''}) as never;
    const offers = await offeredRpms({run} as World, family);
    expect(offers && [...offers.keys()]).toEqual(names);
  });

  test.each<[Distribution, readonly string[] | null, string, RegExp]>([
    ['debian-12', ['docker.io'], 'packages_unavailable', /--dry-run/],
    ['debian-13', null, 'package_indexes_missing', /apt-get update/],
    ['fedora', null, 'package_indexes_missing', /dnf makecache/],
    ['rhel', ['docker-buildx'], 'packages_unavailable', /--dry-run .*dnf makecache/],
    ['leap', ['docker'], 'packages_unavailable', /zypper refresh/],
    ['arch', null, 'pack_unsupported', /pacman -Sw .* --packages DIR/],
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
