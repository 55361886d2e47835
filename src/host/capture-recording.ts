import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Host} from '../contract/host.js';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';
import {enginePlace, type Tried} from './capture.js';
import {commandName} from './commands.js';
import {ofContainers} from './evidence/containers.js';
import {readEvidence} from './evidence.js';
import {probe} from './probe.js';
import {jsonWithoutSecrets, withoutSecrets} from './secrets.js';
import {decode} from './text.js';

interface Recording {
  /** content by its place in the capture */
  files: Map<string, string>;
  tried: Map<string, Tried>;
}

/**
 * Probes a machine and writes all that the probe was told into a folder, from which {@link captureWorld} replays the
 * same host. Serial numbers, tokens and passwords are taken out.
 * `also`: what others want to know of the machine, so that a capture answers them too.
 */
export async function recordCapture(
  world: World,
  dir: string,
  also: (world: World, host: Host) => Promise<unknown> = async () => null,
): Promise<Host> {
  await refuseFull(dir);
  const recording: Recording = {files: new Map(), tried: new Map()};
  const listening = recorder(world, recording);
  const host = await probe(listening);
  await readEvidence(listening, host);
  await also(listening, host);
  const capture = {
    schema: 'gpudock/capture/1',
    date: world.now().toISOString(),
    sources: [...recording.tried.values()].sort((a, b) => a.source.localeCompare(b.source)),
  };
  recording.files.set('capture.json', `${JSON.stringify(capture, null, 2)}\n`);
  for (const [place, content] of recording.files) {
    await mkdir(dirname(join(dir, place)), {recursive: true});
    await writeFile(join(dir, place), content);
  }
  return host;
}

/** Files of an earlier capture would mix with this one's. */
async function refuseFull(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  if (names.length === 0) return;
  throw new Failure({
    code: 'folder_not_empty',
    message: `${dir} is not empty`,
    cause: 'files that are there would mix with those of the capture',
    fix: 'name a new folder, or remove this one first',
  });
}

/** The same world, which remembers its answers. Overrides are not part of the machine. */
function recorder(world: World, {files, tried}: Recording): World {
  const note = (entry: Tried): void => {
    if (tried.get(entry.source)?.status !== 'ok') tried.set(entry.source, entry);
  };
  return {
    ...world,
    env: {},
    async run(command) {
      const outcome = await world.run(command);
      const place = `commands/${commandName(command)}`;
      const exit = outcome.status === 'ran' ? outcome.exit : null;
      note({source: place, status: outcome.status === 'ran' ? 'ok' : outcome.status, exit});
      if (outcome.status === 'ran') {
        files.set(`${place}.stdout`, withoutSecrets(outcome.stdout));
        if (outcome.stderr) files.set(`${place}.stderr`, withoutSecrets(outcome.stderr));
        if (outcome.exit !== 0) files.set(`${place}.exit`, `${outcome.exit}\n`);
      }
      return outcome;
    },
    async read(path, limit) {
      const reading = await world.read(path, limit);
      note({source: `files${path}`, status: reading.status, exit: null});
      if (reading.status === 'ok') files.set(`files${path}`, fileWithoutSecrets(path, decode(reading.value)));
      return reading;
    },
    async list(path) {
      const reading = await world.list(path);
      note({source: `listings${path}`, status: reading.status, exit: null});
      if (reading.status === 'ok') files.set(`listings${path}.txt`, listingOf(path, reading.value));
      return reading;
    },
    async stat(path) {
      const reading = await world.stat(path);
      note({
        source: `stat${path}`,
        status: reading.status,
        exit: null,
        ...(reading.status === 'ok' ? {facts: reading.value} : {}),
      });
      return reading;
    },
    async engine(path, timeout, body) {
      const answer = await world.engine(path, timeout, body);
      const place = enginePlace(path);
      const more = answer.status === 'ok' ? {remote: answer.remote} : {detail: withoutSecrets(answer.detail)};
      note({source: place, status: answer.status, exit: null, ...more});
      if (answer.status === 'ok')
        files.set(place, `${JSON.stringify(answerWithoutSecrets(path, answer.body), null, 2)}\n`);
      return answer;
    },
    async system(timeout) {
      const reading = await world.system(timeout);
      note({source: 'system.json', status: reading.status, exit: null});
      if (reading.status === 'ok') files.set('system.json', `${JSON.stringify(reading.value, null, 2)}\n`);
      return reading;
    },
  };
}

/** The numbers of containers, unlike those of machines, name nobody: the questions that follow need them. */
const answerWithoutSecrets = (path: string, body: unknown): unknown =>
  /^\/(?:containers|exec)\//.test(path) ? ofContainers(path, body) : jsonWithoutSecrets(body);

/** Of the system's library folders, the driver's files alone: what else is installed is nobody else's business. */
function listingOf(path: string, names: string[]): string {
  const kept = path.startsWith('/usr/lib') ? names.filter(name => /nvidia|cuda/i.test(name)) : names;
  return kept.map(name => `${name}\n`).join('');
}

function fileWithoutSecrets(path: string, text: string): string {
  // Of a daemon's environment the PATH alone: the rest may hold tokens and proxies' passwords.
  if (path.endsWith('/environ'))
    return text
      .split('\0')
      .filter(entry => entry.startsWith('PATH='))
      .join('\0');
  if (!path.endsWith('.json')) return withoutSecrets(text);
  try {
    return `${JSON.stringify(jsonWithoutSecrets(JSON.parse(text)), null, 2)}\n`;
  } catch {
    return withoutSecrets(text);
  }
}
