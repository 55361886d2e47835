import type {Host} from '../contract/host.js';
import {asRoot, type Step} from './diagnosis.js';

type Family = 'debian' | 'fedora' | 'suse' | 'arch';

/** `ID` of /etc/os-release by the package manager its distribution has. */
const FAMILIES: Readonly<Record<string, Family>> = {
  debian: 'debian',
  ubuntu: 'debian',
  linuxmint: 'debian',
  pop: 'debian',
  raspbian: 'debian',
  kali: 'debian',
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  rocky: 'fedora',
  almalinux: 'fedora',
  ol: 'fedora',
  amzn: 'fedora',
  'opensuse-leap': 'suse',
  'opensuse-tumbleweed': 'suse',
  sles: 'suse',
  arch: 'arch',
  manjaro: 'arch',
};

const INSTALL: Readonly<Record<Family, Step>> = {
  debian: ['apt-get', 'install', '-y'],
  fedora: ['dnf', 'install', '-y'],
  suse: ['zypper', '--non-interactive', 'install'],
  arch: ['pacman', '-S', '--noconfirm'],
};

export const familyOf = ({os}: Pick<Host, 'os'>): Family | null => FAMILIES[os.distro ?? ''] ?? null;

/** Installs a package that has one name everywhere; null where the package manager is not known. */
export function installStep(host: Host, name: string): Step | null {
  const family = familyOf(host);
  return family === null ? null : asRoot(host, ...INSTALL[family], name);
}
