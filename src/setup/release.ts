import {familyOf} from '../diagnosis/packages.js';
import {isOstree, kinOf, releaseFields} from '../host/sources/os-release.js';

/** Distributions with one package manager and one way to get an engine. */
export type Family = 'debian' | 'fedora' | 'rhel' | 'suse' | 'arch';

/** What setup needs of os-release(5). */
export interface Release {
  /** `ID` */
  id: string;
  /** `PRETTY_NAME`, else the id */
  name: string;
  /** null: a distribution that setup knows no packages of */
  family: Family | null;
  /** `VERSION_ID` */
  version: string | null;
  /** Name of the archive that foreign repositories are laid out by: that of Ubuntu for what is made from it. */
  codename: string | null;
  /** Debian's kin: whether it is made from Ubuntu. */
  ubuntu: boolean;
}

/** Where Red Hat's own repositories have no Docker, only Podman (docs.docker.com/engine/install/rhel). */
const RHEL = ['rhel', 'centos', 'rocky', 'almalinux', 'ol'];
/** Kin of Fedora with packages of their own names, which setup does not know. */
const APART = ['amzn'];

/** Reads os-release(5). null: no ID. */
export function parseRelease(text: string): Release | null {
  const fields = releaseFields(text);
  const id = fields.get('ID');
  if (id === undefined) return null;
  const kin = kinOf(fields);
  const ubuntu = id === 'ubuntu' || kin.includes('ubuntu') || fields.has('UBUNTU_CODENAME');
  return {
    id,
    name: fields.get('PRETTY_NAME') ?? id,
    // Packages do not stay in an image that is changed as a whole.
    family: isOstree(fields) ? null : family(id, kin),
    version: fields.get('VERSION_ID') ?? null,
    codename: (ubuntu ? fields.get('UBUNTU_CODENAME') : undefined) ?? fields.get('VERSION_CODENAME') ?? null,
    ubuntu,
  };
}

/** What a capture without os-release knows. */
export const bareRelease = (id: string, version: string | null): Release => ({
  id,
  name: [id, version].filter(Boolean).join(' '),
  family: family(id, []),
  version,
  codename: null,
  ubuntu: id === 'ubuntu',
});

function family(id: string, kin: readonly string[]): Family | null {
  if (APART.includes(id)) return null;
  const known = familyOf({os: {distro: id, like: [...kin]}});
  if (known !== 'fedora') return known;
  // Nobara and the like are Fedoras, though they also name what is made from Fedora.
  const first = [id, ...kin].find(name => RHEL.includes(name) || familyOf({os: {distro: name, like: null}}) !== null);
  return first !== undefined && RHEL.includes(first) ? 'rhel' : 'fedora';
}
