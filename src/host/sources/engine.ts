import type {EngineReading} from '../../engine/facts.js';
import {elements, fields, flag, names, text, texts} from '../../world/document.js';
import type {SourceReading} from '../reading.js';
import {type EngineFacts, engineReading} from './engine-facts.js';

type Answered = Extract<EngineReading, {status: 'ok'}>;

/** The engine's own account, as its API gives it. Of a document only the fields that are used are looked at. */
export function parseEngine(answer: Pick<Answered, 'info' | 'version'> & {remote: boolean | null}): SourceReading {
  const info = fields(answer.info);
  // `docker version --format json` has the API's answer under `Server`.
  const version = fields(fields(answer.version).Server ?? answer.version);
  const facts = names(info.host) === undefined ? dockerFacts(info, version) : podmanFacts(info);
  return facts === null ? {} : engineReading({...facts, remote: answer.remote});
}

type Fields = ReturnType<typeof fields>;

/** The Docker Engine API's `GET /info` and `GET /version`, and Podman's answers to them; null where they say nothing. */
function dockerFacts(info: Fields, version: Fields): EngineFacts | null {
  const parts = elements(version.Components).map(fields);
  // Podman's compatible answer has it, Docker's has not (containers/podman, pkg/api/handlers/types.go).
  const podman = info.BuildahVersion !== undefined || parts.some(part => part.Name === 'Podman Engine');
  const own = text(parts.find(part => part.Name === 'Podman Engine')?.Version);
  const facts = {
    version: (podman ? own : undefined) ?? text(version.Version) ?? text(info.ServerVersion),
    apiVersion: text(version.ApiVersion),
    rootless: flag(info.Rootless),
    securityOptions: texts(info.SecurityOptions)?.map(option => option.split(',')[0]?.replace('name=', '') ?? ''),
    cgroupVersion: text(info.CgroupVersion),
    cgroupDriver: text(info.CgroupDriver),
    runtimes: names(info.Runtimes),
    defaultRuntime: text(info.DefaultRuntime),
    rootDir: text(info.DockerRootDir),
    platform: text(fields(version.Platform).Name),
    operatingSystem: text(info.OperatingSystem),
    labels: texts(info.Labels),
    cdiSpecDirs: texts(info.CDISpecDirs),
    devices: texts(
      Array.isArray(info.DiscoveredDevices) ? info.DiscoveredDevices.map(device => fields(device).ID) : null,
    ),
  };
  const isSilent = Object.values(facts).every(value => value === undefined) && parts.length === 0;
  if (isSilent) return null;
  return {kind: podman ? 'podman' : 'docker', ...facts, rootlessParts: parts.some(part => part.Name === 'rootlesskit')};
}

/** `podman info --format json`; its API's libpod form is the same. */
function podmanFacts({host, store, version}: Fields): EngineFacts {
  const {security, cgroupVersion, cgroupManager, ociRuntime} = fields(host);
  return {
    kind: 'podman',
    version: text(fields(version).Version),
    apiVersion: text(fields(version).APIVersion),
    rootless: flag(fields(security).rootless),
    cgroupVersion: text(cgroupVersion)?.replace(/^v/, ''),
    cgroupDriver: text(cgroupManager),
    defaultRuntime: text(fields(ociRuntime).name),
    rootDir: text(fields(store).graphRoot),
  };
}
