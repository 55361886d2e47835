import type {Host} from '../contract/host.js';

export type Family = 'debian' | 'fedora' | 'suse' | 'arch';

/** Where a fix is typed: a family of distributions, or WSL2, whose driver is that of Windows. */
export type Place = Family | 'wsl';

/** `ID` of /etc/os-release by the package manager its distribution has. */
const FAMILIES: Readonly<Record<string, Family>> = {
  debian: 'debian',
  ubuntu: 'debian',
  linuxmint: 'debian',
  pop: 'debian',
  raspbian: 'debian',
  kali: 'debian',
  zorin: 'debian',
  elementary: 'debian',
  neon: 'debian',
  tuxedo: 'debian',
  fedora: 'fedora',
  nobara: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  rocky: 'fedora',
  almalinux: 'fedora',
  ol: 'fedora',
  amzn: 'fedora',
  'opensuse-leap': 'suse',
  'opensuse-tumbleweed': 'suse',
  sles: 'suse',
  sled: 'suse',
  arch: 'arch',
  manjaro: 'arch',
  endeavouros: 'arch',
  cachyos: 'arch',
};

type Os = {os: Pick<Host['os'], 'distro' | 'wsl'>};

export const familyOf = ({os}: {os: Pick<Host['os'], 'distro'>}): Family | null => FAMILIES[os.distro ?? ''] ?? null;

export const placeOf = ({os}: Os): Place | null => (os.wsl ? 'wsl' : familyOf({os}));
