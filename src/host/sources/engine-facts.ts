import type {Host} from '../../contract/host.js';
import type {SourceReading} from '../reading.js';

type Maybe<T> = T | null | undefined;

/** What any of the engine's answers (API, text, Podman's) may hold, before it is judged. */
export interface EngineFacts {
  kind: Host['engine']['kind'];
  version?: Maybe<string>;
  apiVersion?: Maybe<string>;
  securityOptions?: Maybe<string[]>;
  rootless?: Maybe<boolean>;
  /** `docker version` lists rootlesskit among its components. */
  rootlessParts?: Maybe<boolean>;
  cgroupVersion?: Maybe<string>;
  cgroupDriver?: Maybe<string>;
  runtimes?: Maybe<string[]>;
  defaultRuntime?: Maybe<string>;
  rootDir?: Maybe<string>;
  platform?: Maybe<string>;
  operatingSystem?: Maybe<string>;
  labels?: Maybe<string[]>;
  cdiSpecDirs?: Maybe<string[]>;
  /** `nvidia.com/gpu=0`; null where this engine lists no devices at all. */
  devices?: Maybe<string[]>;
  remote?: Maybe<boolean>;
}

const isNvidiaGpu = (device: string): boolean => device.startsWith('nvidia.com/gpu=');

/** Judges what an engine says of itself. */
export function engineReading(facts: EngineFacts): SourceReading {
  const cdiDevices = facts.devices?.filter(isNvidiaGpu);
  return {
    ...(facts.cdiSpecDirs ? {cdiFolders: facts.cdiSpecDirs} : {}),
    engine: {
      kind: facts.kind,
      version: versionOf(facts.version),
      apiVersion: versionOf(facts.apiVersion),
      rootless: facts.rootless ?? facts.securityOptions?.includes('rootless') ?? (facts.rootlessParts || null),
      usernsRemap: facts.securityOptions?.includes('userns') ?? null,
      cgroupVersion: facts.cgroupVersion === '1' ? 1 : facts.cgroupVersion === '2' ? 2 : null,
      cgroupDriver: facts.cgroupDriver || null,
      runtimes: facts.runtimes ?? null,
      defaultRuntime: facts.defaultRuntime || null,
      rootDir: facts.rootDir || null,
      desktop: isDesktop(facts),
      snap: facts.rootDir ? facts.rootDir.startsWith('/var/snap/docker/') : null,
      remote: facts.remote,
      cdiDevices,
    },
    gpuAccess: {
      runtime: facts.runtimes ? facts.runtimes.includes('nvidia') : null,
      cdi: cdiOf(facts, cdiDevices),
    },
  };
}

/**
 * A listed device is the proof. `CDISpecDirs` is empty where the daemon has CDI off, and so none can be used; where the
 * engine lists no devices (before 28.2), the folders decide, and they are another source.
 */
function cdiOf(facts: EngineFacts, devices: string[] | undefined): boolean | null {
  if (devices) return devices.length > 0;
  return facts.cdiSpecDirs?.length === 0 ? false : null;
}

function isDesktop({platform, operatingSystem, labels}: EngineFacts): boolean | null {
  const said = [platform, operatingSystem].filter(name => name !== null && name !== undefined);
  if (said.some(name => /Docker Desktop|^Docker for (?:Mac|Windows)/i.test(name))) return true;
  if (labels?.some(label => label.startsWith('com.docker.desktop.'))) return true;
  return said.length > 0 ? false : null;
}

/** A version starts with a number, in the digits that every tool reads. */
const versionOf = (version: Maybe<string>): string | null => (version && /^v?\d/.test(version) ? version : null);
