import type {SourceReading} from '../reading.js';
import {cellVersion, linesOf} from '../text.js';
import {parseEngine} from './engine.js';
import {type EngineFacts, engineReading} from './engine-facts.js';

/** A line `key: value` and the plain lines below it. */
interface Entry {
  indent: number;
  key: string;
  value: string;
  below: string[];
}

/** `docker info` or `podman info`, as text, JSON or YAML, whole or in part. */
export async function parseDockerInfo(text: string): Promise<SourceReading> {
  const document = await documentOf(text);
  return document === null
    ? {...parseInfoText(text), ...refusalOf(text)}
    : parseEngine({info: document, version: null, remote: null});
}

/** A JSON document, or Podman's YAML, which begins with its host; null for text. */
async function documentOf(text: string): Promise<unknown> {
  if (/^host:\s*$/m.test(text.slice(0, 20_000))) {
    const {parseYaml} = await import('./yaml.js');
    return parseYaml(text);
  }
  if (!text.trimStart().startsWith('{')) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const REFUSALS: [RegExp, string][] = [
  [/permission denied while trying to connect/i, 'docker_permission_denied'],
  [/Cannot connect to the Docker daemon|Is the docker daemon running/i, 'docker_daemon_unreachable'],
];

function refusalOf(text: string): SourceReading {
  const line = linesOf(text).find(one => REFUSALS.some(([words]) => words.test(one)));
  const id = REFUSALS.find(([words]) => words.test(line ?? ''))?.[1];
  return line && id ? {troubles: [{id, detail: line.trim().slice(0, 200)}]} : {};
}

/** With or without its `Client:` and `Server:` headings. */
function parseInfoText(text: string): SourceReading {
  const server = serverPart(text);
  if (server.length === 0) return {};
  const entries = entriesOf(server);
  const value = (key: string): string | null => entries.find(entry => entry.key === key)?.value || null;
  const below = (key: string): string[] | null => entries.find(entry => entry.key === key)?.below ?? null;
  const runtimes = value('Runtimes')?.split(/\s+/) ?? null;
  const version = value('Server Version');
  if (version === null && runtimes === null && value('Docker Root Dir') === null && value('Cgroup Driver') === null)
    return {};
  const facts: EngineFacts = {
    kind: 'docker',
    version,
    securityOptions: below('Security Options')?.map(option => option.split(/[\s:]/)[0] ?? ''),
    cgroupVersion: value('Cgroup Version'),
    cgroupDriver: value('Cgroup Driver'),
    runtimes,
    defaultRuntime: value('Default Runtime'),
    rootDir: value('Docker Root Dir'),
    operatingSystem: value('Operating System'),
    labels: below('Labels'),
    cdiSpecDirs: below('CDI spec directories'),
    devices: below('Discovered Devices')?.map(line => line.replace(/^cdi: /, '')),
  };
  return engineReading(facts);
}

/** `docker version` as text. The client's own version is none of the engine's, but for Podman, which has no daemon. */
export async function parseDockerVersion(text: string): Promise<SourceReading> {
  const document = await documentOf(text);
  return document === null
    ? {...parseVersionText(text), ...refusalOf(text)}
    : parseEngine({info: null, version: document, remote: null});
}

function parseVersionText(text: string): SourceReading {
  const lines = linesOf(text);
  const start = lines.findIndex(line => /^\s*Server:|^Client:\s*Podman Engine/.test(line));
  if (start < 0) return {};
  const server = lines.slice(start);
  const entries = entriesOf(server.slice(1));
  const value = (key: string): string | null => entries.find(entry => entry.key === key)?.value || null;
  const rootlessParts = entries.some(entry => entry.key === 'rootlesskit');
  const platform = server[0]?.split(/Server:|Client:/)[1]?.trim();
  return engineReading({
    kind: /podman/i.test(platform ?? '') ? 'podman' : 'docker',
    version: value('Version'),
    apiVersion: cellVersion(value('API version')),
    platform,
    rootless: rootlessParts || null,
  });
}

/** What stands below `Server:`, or all of it where no client stands above (before 19.03, and in excerpts). */
function serverPart(text: string): string[] {
  const lines = linesOf(text);
  const server = lines.findIndex(line => /^Server:/.test(line));
  if (server >= 0) return lines.slice(server + 1);
  return lines.some(line => /^Client:/.test(line)) ? [] : lines;
}

function entriesOf(lines: string[]): Entry[] {
  const entries: Entry[] = [];
  const open: Entry[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const indent = line.length - line.trimStart().length;
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    open.at(-1)?.below.push(line.trim());
    const [, key, value] = /^\s*([A-Za-z][\w ./-]{0,60}?):(?:\s+(.*))?$/.exec(line) ?? [];
    if (!key) continue;
    const entry = {indent, key, value: value?.trim() ?? '', below: []};
    entries.push(entry);
    open.push(entry);
  }
  return entries;
}
