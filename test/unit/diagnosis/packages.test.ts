import {describe, expect, test} from '@jest/globals';
import {familyOf, type Place, placeOf} from '../../../src/diagnosis/packages.js';
import {parseOsRelease} from '../../../src/host/sources/os-release.js';
import {parseRelease} from '../../../src/setup/release.js';
import {DISTRIBUTIONS} from '../setup/distributions.js';

const distribution = (text: string) => {
  const {distro = null, like = null} = parseOsRelease(text).os ?? {};
  return {distro, like};
};

describe('the packages of a distribution', () => {
  test.each<[string, Place | null]>([
    ['ID=ubuntu\nID_LIKE=debian', 'debian'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'debian'],
    ['ID=pop\nID_LIKE="ubuntu debian"', 'debian'],
    ['ID=raspbian\nID_LIKE=debian', 'debian'],
    ['ID=devuan\nID_LIKE=debian', 'debian'],
    ['ID="parrot"\nID_LIKE=debian', 'debian'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'fedora'],
    ['ID="almalinux"\nID_LIKE="rhel centos fedora"', 'fedora'],
    ['ID="miraclelinux"\nID_LIKE="rhel fedora"', 'fedora'],
    ['ID="amzn"\nID_LIKE="fedora"', 'fedora'],
    ['ID=manjaro\nID_LIKE=arch', 'arch'],
    ['ID=endeavouros\nID_LIKE=arch', 'arch'],
    ['ID=archcraft\nID_LIKE=arch', 'arch'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"', 'suse'],
    ['ID="sles"\nID_LIKE="suse"', 'suse'],
    ['ID="opensuse-slowroll"\nID_LIKE="opensuse suse"', 'suse'],
    ['ID=who-knows\nID_LIKE="who-else debian"', 'debian'],
    ['ID=steamos\nID_LIKE=arch', null],
    ['ID=bazzite\nID_LIKE="fedora"', null],
    ['ID=alpine', null],
    ['NAME=nothing', null],
  ])('%j: %s', (text, place) => {
    expect(placeOf({os: {...distribution(text), wsl: false}})).toBe(place);
  });

  test('under WSL2 the driver is that of Windows', () => {
    expect(placeOf({os: {distro: 'ubuntu', like: ['debian'], wsl: true}})).toBe('wsl');
  });
});

test.each(Object.entries(DISTRIBUTIONS))('doctor and setup agree on %s', (_, text) => {
  const family = parseRelease(text)?.family ?? null;
  // Setup knows no packages of Amazon Linux; its package manager is known.
  const expected = /amzn/.test(text) ? 'fedora' : family === 'rhel' ? 'fedora' : family;
  expect(familyOf({os: distribution(text)})).toBe(expected);
});
