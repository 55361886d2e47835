import * as z from 'zod';
import type {EngineReading} from '../../engine/facts.js';
import type {SourceReading} from '../reading.js';
import {type EngineFacts, engineReading} from './engine-facts.js';

const text = z.string().optional().catch(undefined);
const texts = z.array(z.string()).nullish().catch(undefined);

/** Of the Docker Engine API's `GET /info` (and Podman's answer to it) what the probe uses; anything else is left alone. */
const Info = z.object({
  ServerVersion: text,
  CgroupDriver: text,
  CgroupVersion: text,
  Runtimes: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  DefaultRuntime: text,
  SecurityOptions: texts,
  DockerRootDir: text,
  OperatingSystem: text,
  Name: text,
  Labels: texts,
  CDISpecDirs: texts,
  DiscoveredDevices: z
    .array(z.object({Source: text, ID: z.string()}))
    .nullish()
    .catch(undefined),
  /** Podman's compatible answer has it, Docker's has not (containers/podman, pkg/api/handlers/types.go). */
  BuildahVersion: text,
  Rootless: z.boolean().optional().catch(undefined),
  /** `podman info` in its own form. */
  host: z
    .object({
      security: z.object({rootless: z.boolean().optional()}).optional(),
      cgroupVersion: text,
      cgroupManager: text,
      ociRuntime: z.object({name: text}).optional(),
    })
    .optional()
    .catch(undefined),
  store: z.object({graphRoot: text}).optional().catch(undefined),
  version: z.object({Version: text, APIVersion: text}).optional().catch(undefined),
});
type Info = z.infer<typeof Info>;

const Version = z.object({
  Version: text,
  ApiVersion: text,
  Platform: z.object({Name: text}).optional().catch(undefined),
  Components: z
    .array(z.object({Name: text, Version: text}))
    .nullish()
    .catch(undefined),
});
type Version = z.infer<typeof Version>;

type Answered = Extract<EngineReading, {status: 'ok'}>;

/** A document of which nothing is known is not an engine's. */
const speaking = <T extends object>(document: T | undefined): T | null =>
  document && Object.values(document).some(value => value != null) ? document : null;

const Wrapped = z.object({Server: Version.nullable()});

/** The engine's own account, as its API gives it. */
export function parseEngine(answer: Pick<Answered, 'info' | 'version'> & {remote: boolean | null}): SourceReading {
  const info = speaking(Info.safeParse(answer.info).data);
  // `docker version --format json` has the API's answer under `Server`.
  const wrapped = Wrapped.safeParse(answer.version).data?.Server;
  const version = speaking(wrapped ?? Version.safeParse(answer.version).data);
  if (info === null && version === null) return {};
  const facts = info?.host ? podmanFacts(info) : dockerFacts(info, version);
  return engineReading({...facts, remote: answer.remote});
}

function dockerFacts(info: Info | null, version: Version | null): EngineFacts {
  const podman = info?.BuildahVersion !== undefined || version?.Components?.some(part => part.Name === 'Podman Engine');
  const own = version?.Components?.find(part => part.Name === 'Podman Engine')?.Version;
  return {
    kind: podman ? 'podman' : 'docker',
    version: (podman ? own : undefined) ?? version?.Version ?? info?.ServerVersion,
    apiVersion: version?.ApiVersion,
    rootless: info?.Rootless,
    securityOptions: info?.SecurityOptions?.map(option => option.split(',')[0]?.replace('name=', '') ?? ''),
    cgroupVersion: info?.CgroupVersion,
    cgroupDriver: info?.CgroupDriver,
    runtimes: info?.Runtimes && Object.keys(info.Runtimes),
    defaultRuntime: info?.DefaultRuntime,
    rootDir: info?.DockerRootDir,
    platform: version?.Platform?.Name,
    operatingSystem: info?.OperatingSystem,
    labels: info?.Labels,
    cdiSpecDirs: info?.CDISpecDirs,
    devices: info?.DiscoveredDevices?.map(device => device.ID),
    rootlessParts: version?.Components?.some(part => part.Name === 'rootlesskit'),
  };
}

/** `podman info --format json`; its API's libpod form is the same. */
function podmanFacts({host, store, version}: Info): EngineFacts {
  return {
    kind: 'podman',
    version: version?.Version,
    apiVersion: version?.APIVersion,
    rootless: host?.security?.rootless,
    cgroupVersion: host?.cgroupVersion?.replace(/^v/, ''),
    cgroupDriver: host?.cgroupManager,
    defaultRuntime: host?.ociRuntime?.name,
    rootDir: store?.graphRoot,
  };
}
