import type {ToolkitEvidence} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';
import {CDI_FOLDERS} from '../sources/engine-access.js';
import {decode} from '../text.js';
import {isThere, textOf} from './reading.js';

const FOLDERS = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/usr/local/sbin'];

/** The NVIDIA container toolkit's files, and the CDI specifications in the folders that the engine reads. */
export async function readToolkitEvidence(
  world: World,
  engineFolders: readonly string[] | null = null,
): Promise<ToolkitEvidence> {
  const [programs, config, cdiSpecs] = await Promise.all([
    Promise.all(FOLDERS.map(folder => isThere(world, `${folder}/nvidia-ctk`))),
    textOf(world, '/etc/nvidia-container-runtime/config.toml', 65_536),
    readSpecs(world, engineFolders?.length ? engineFolders : CDI_FOLDERS),
  ]);
  const installed = programs.includes(true) ? true : programs.includes(null) ? null : false;
  return {installed, noCgroups: config === null ? null : await noCgroups(config), cdiSpecs};
}

/** The toolkit's default is false. */
async function noCgroups(config: string): Promise<boolean | null> {
  const {parse} = await import('smol-toml');
  try {
    const section = parse(config)['nvidia-container-cli'];
    return typeof section === 'object' && section !== null && 'no-cgroups' in section
      ? section['no-cgroups'] === true
      : false;
  } catch {
    return null;
  }
}

async function readSpecs(
  world: Pick<World, 'list' | 'read'>,
  folders: readonly string[],
): Promise<ToolkitEvidence['cdiSpecs']> {
  const listings = await Promise.all(folders.map(folder => world.list(folder)));
  if (listings.some(({status}) => status !== 'ok' && status !== 'not-found')) return null;
  const paths = listings.flatMap((listing, at) =>
    listing.status === 'ok' ? listing.value.map(name => `${folders[at]}/${name}`) : [],
  );
  const specs = await Promise.all(
    paths
      .filter(path => /\.(?:ya?ml|json)$/.test(path))
      .slice(0, 50)
      .map(async path => ({path, reading: await world.read(path)})),
  );
  return specs.flatMap(({path, reading}) => {
    const text = reading.status === 'ok' ? decode(reading.value) : '';
    return text.includes('nvidia.com/gpu') ? [{path, driverVersions: driverVersions(text)}] : [];
  });
}

/** Versions of the driver's own libraries among the files that a specification mounts. */
function driverVersions(text: string): string[] {
  const named = text.matchAll(/\/lib(?:cuda|nvidia-ml)\.so\.(\d{3,4}(?:\.\d{1,4}){1,2})\b/g);
  return [...new Set(Array.from(named, ([, version]) => version ?? ''))];
}
