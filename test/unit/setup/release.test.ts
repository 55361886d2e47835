import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {engineChoice, toolkitChoice} from '../../../src/setup/packages.js';
import {bareRelease, parseRelease, type Release} from '../../../src/setup/release.js';
import {DISTRIBUTIONS, type Distribution} from './distributions.js';

const release = (name: Distribution): Release => {
  const parsed = parseRelease(DISTRIBUTIONS[name]);
  if (parsed === null) throw new Error(`${name} has no ID`);
  return parsed;
};

describe('os-release', () => {
  test.each<[Distribution, Release['family'], string | null]>([
    ['debian-12', 'debian', 'bookworm'],
    ['debian-testing', 'debian', 'forky'],
    ['ubuntu-24.04', 'debian', 'noble'],
    ['mint-22', 'debian', 'noble'],
    ['fedora', 'fedora', null],
    ['nobara', 'fedora', null],
    ['rhel', 'rhel', null],
    ['rocky', 'rhel', null],
    ['amazon', null, null],
    ['leap', 'suse', null],
    ['tumbleweed', 'suse', null],
    ['arch', 'arch', null],
    ['endeavour', 'arch', null],
    ['alpine', null, null],
  ])('%s is of the family %s', (name, family, codename) => {
    expect(release(name)).toMatchObject({family, codename});
  });

  test('without an ID is nothing', () => expect(parseRelease('NAME="?"\n')).toBeNull());

  test('reads any text, and only lists what it holds', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 2_000}), text => {
        const parsed = parseRelease(text);
        expect(parsed === null || text.includes(parsed.id)).toBe(true);
      }),
    );
  });

  test('a capture knows id and version alone', () => {
    expect(bareRelease('rocky', '9.6')).toMatchObject({family: 'rhel', version: '9.6', codename: null});
  });
});

const DOCKERS = ['docker-ce', 'docker-ce-cli', 'containerd.io', 'docker-buildx-plugin'];
const OWN = ['docker.io', 'docker-buildx', 'ca-certificates'];

describe('the engine', () => {
  test.each<[Distribution, string[], string | null]>([
    ['debian-12', DOCKERS, 'https://download.docker.com/linux/debian/gpg'],
    ['debian-13', [...OWN, 'docker-cli'], null],
    ['debian-testing', [...OWN, 'docker-cli'], null],
    ['ubuntu-20.04', DOCKERS, 'https://download.docker.com/linux/ubuntu/gpg'],
    ['ubuntu-24.04', OWN, null],
    ['mint-22', DOCKERS, 'https://download.docker.com/linux/ubuntu/gpg'],
    ['fedora', DOCKERS, 'https://download.docker.com/linux/fedora/docker-ce.repo'],
    ['rhel', DOCKERS, 'https://download.docker.com/linux/rhel/docker-ce.repo'],
    ['rocky', DOCKERS, 'https://download.docker.com/linux/centos/docker-ce.repo'],
    ['leap', ['docker', 'docker-buildx'], null],
    ['arch', ['docker', 'docker-buildx'], null],
  ])('of %s', (name, packages, url) => {
    const choice = engineChoice(release(name), null);
    expect(choice?.packages).toEqual(packages);
    const [first] = choice?.repository?.files ?? [];
    expect(first === undefined || 'text' in first ? null : first.url).toBe(url);
  });

  test('of Mint comes from the archive of its Ubuntu', () => {
    const offers = new Map([['docker.io', '28.2.2']]);
    const files = engineChoice(release('mint-22'), offers)?.repository?.files;
    expect(files).toContainEqual(expect.objectContaining({text: expect.stringContaining('Suites: noble\n')}));
  });

  test("is what the machine's own sources offer, whatever is known of the release", () => {
    const offers = new Map([
      ['docker.io', '20.10.24'],
      ['docker-buildx', '0.13.1'],
    ]);
    expect(engineChoice(release('debian-12'), offers)).toEqual({packages: OWN, repository: null});
    expect(engineChoice(release('debian-13'), new Map([['docker-ce', '5:28.3']]))?.packages).toEqual(DOCKERS);
  });

  test('of an unknown distribution, or of an unnamed Debian, is not known', () => {
    expect(engineChoice(release('alpine'), null)).toBeNull();
    expect(engineChoice(bareRelease('debian', '11'), null)).toBeNull();
  });
});

test.each<[Distribution, boolean | null]>([
  ['debian-13', true],
  ['ubuntu-24.04', true],
  ['rocky', true],
  ['leap', true],
  ['tumbleweed', false],
  ['arch', false],
  ['alpine', null],
])("the toolkit of %s: NVIDIA's repository is %s", (name, added) => {
  const choice = toolkitChoice(release(name), null);
  expect(choice === null ? null : choice.repository !== null).toBe(added);
});
