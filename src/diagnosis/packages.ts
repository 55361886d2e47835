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
  sles_sap: 'suse',
  suse: 'suse',
  opensuse: 'suse',
  arch: 'arch',
  manjaro: 'arch',
  endeavouros: 'arch',
  cachyos: 'arch',
  garuda: 'arch',
};

/** Made from others, and with a system that those packages cannot be put into: it comes as an image. */
const APART = new Set([
  'steamos',
  'chimeraos',
  'bazzite',
  'bluefin',
  'aurora',
  'endless',
  'suse-microos',
  'opensuse-microos',
  'sl-micro',
]);

type Distribution = Pick<Host['os'], 'distro' | 'like'>;

/** The family of the distribution, or else of the closest one that it was made from; null: one that is not known here. */
export function familyOf({os: {distro, like}}: {os: Distribution}): Family | null {
  if (distro === null || APART.has(distro)) return null;
  const known = [distro, ...(like ?? [])].find(name => FAMILIES[name] !== undefined);
  return known === undefined ? null : (FAMILIES[known] ?? null);
}

export const placeOf = ({os}: {os: Distribution & Pick<Host['os'], 'wsl'>}): Place | null =>
  os.wsl ? 'wsl' : familyOf({os});
