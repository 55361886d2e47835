import {describe, expect, test} from '@jest/globals';
import {unknownHost} from '../../../src/contract/unknown-host.js';
import {driverAbsent} from '../../../src/diagnosis/checks/driver-absent.js';
import {driverNotLoaded} from '../../../src/diagnosis/checks/driver-not-loaded.js';
import {NO_EVIDENCE} from '../../../src/diagnosis/evidence.js';
import {familyOf, type ImageWay, imageWayOf, type Place, placeOf} from '../../../src/diagnosis/packages.js';
import {mergeGpus} from '../../../src/host/gpus.js';
import {parseOsRelease} from '../../../src/host/sources/os-release.js';
import {parseRelease} from '../../../src/setup/release.js';
import {DISTRIBUTIONS} from '../setup/distributions.js';

const distribution = (text: string) => {
  const {distro = null, like = null, ostree = null} = parseOsRelease(text).os ?? {};
  return {distro, like, ostree};
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

  test.each<[string, ImageWay | null]>([
    ["ID=fedora\nVARIANT_ID=silverblue\nOSTREE_VERSION='43.20260101.0'", 'ostree'],
    ['ID=fedora\nVARIANT_ID=coreos', 'ostree'],
    ['ID="rhel"\nID_LIKE="fedora"\nOSTREE_VERSION="9.4"', 'ostree'],
    ['ID=bazzite\nID_LIKE="fedora"\nVARIANT_ID=bazzite-nvidia', 'image'],
    ['ID=nixos', 'nixos'],
    ['ID=steamos\nID_LIKE=arch', 'image'],
    ['ID=flatcar\nID_LIKE=coreos', 'image'],
    ['ID=fedora\nVARIANT_ID=workstation', null],
    ['ID=ubuntu\nID_LIKE=debian', null],
  ])('a system that comes as an image: %j: %s', (text, way) => {
    expect(imageWayOf({os: distribution(text)})).toBe(way);
    if (way !== null) expect(familyOf({os: distribution(text)})).toBeNull();
  });

  test.each([
    ['ID=fedora\nVARIANT_ID=silverblue', /rpm-ostree install/],
    ['ID=nixos', /nixos-rebuild switch/],
    ['ID=steamos\nID_LIKE=arch', /image is read-only/],
  ])('%j: no fix names a package manager that would not work there', (text, words) => {
    const host = unknownHost();
    Object.assign(host.os, distribution(text), {platform: 'linux', wsl: false});
    const [gpu] = mergeGpus([{source: 'lspci', gpus: [{busId: '01:00.0', name: 'NVIDIA L4'}]}]);
    const absent = {...host, driver: {...host.driver, status: 'absent' as const}, gpus: gpu ? [gpu] : []};
    const notBuilt = {...absent, driver: {...host.driver, status: 'not-loaded' as const}};
    const evidence = {...NO_EVIDENCE, driver: {...NO_EVIDENCE.driver, builtForKernel: false}};
    const fixes = [...driverAbsent(absent, evidence), ...driverNotLoaded(notBuilt, evidence)].map(({fix}) => fix);
    expect(fixes).toHaveLength(2);
    expect(fixes[0]).toMatch(words);
    expect(fixes.join()).not.toMatch(/\b(?:dnf|apt-get|pacman|zypper)\b/);
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
