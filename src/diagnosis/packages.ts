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

type Distribution = Pick<Host['os'], 'distro' | 'like'> & Partial<Pick<Host['os'], 'ostree'>>;

/** How something is put into a system that comes as an image. */
export type ImageWay = 'ostree' | 'nixos' | 'image';

const IMAGES: Readonly<Record<string, ImageWay>> = {
  bazzite: 'image',
  bluefin: 'image',
  aurora: 'image',
  nixos: 'nixos',
  steamos: 'image',
  chimeraos: 'image',
  endless: 'image',
  flatcar: 'image',
  'ubuntu-core': 'image',
  talos: 'image',
  bottlerocket: 'image',
  cos: 'image',
  'suse-microos': 'image',
  'opensuse-microos': 'image',
  'sl-micro': 'image',
};

/** null: a system of packages, or one that is not known here. */
export const imageWayOf = ({os: {distro, ostree}}: {os: Distribution}): ImageWay | null =>
  IMAGES[distro ?? ''] ?? (ostree ? 'ostree' : null);

/** The family of the distribution, or else of the closest one that it was made from; null: one that is not known here. */
export function familyOf({os: {distro, like, ostree}}: {os: Distribution}): Family | null {
  if (distro === null || imageWayOf({os: {distro, like, ostree: ostree ?? null}}) !== null) return null;
  const known = [distro, ...(like ?? [])].find(name => FAMILIES[name] !== undefined);
  return known === undefined ? null : (FAMILIES[known] ?? null);
}

export const placeOf = ({os}: {os: Distribution & Pick<Host['os'], 'wsl'>}): Place | null =>
  os.wsl ? 'wsl' : familyOf({os});
