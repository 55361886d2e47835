import {existsSync, readdirSync, readFileSync, type Stats, statSync} from 'node:fs';
import {join, resolve, sep} from 'node:path';
import {EXIT, Failure} from '../failure.js';
import {amount, elements, fields, flag, text} from '../world/document.js';
import type {Command, EngineAnswer, Outcome, PathFacts, Reading, World} from '../world/world.js';
import {commandName} from './commands.js';
import {parseSystemJson} from './system-json.js';
import {decode} from './text.js';

/** An entry of `capture.json`: what was asked, how that went, and what no file of the capture can say. */
export interface Tried {
  source: string;
  status: string;
  exit?: number | null | undefined;
  facts?: unknown;
  remote?: boolean | undefined;
  detail?: string | undefined;
}

type Absence = 'not-found' | 'denied' | 'timeout' | 'not-recorded';

/**
 * A recorded host as a World: everything comes from the folder, nothing from this machine. What the folder lacks is
 * `not-recorded`, unless its `capture.json` says how asking went.
 */
export function captureWorld(dir: string): World {
  if (!existsSync(dir)) {
    throw new Failure({
      code: 'capture_not_found',
      message: `${dir} is not there`,
      cause: 'a capture is the folder that `gpudock host --capture DIR` writes',
      fix: `gpudock host --capture ${dir}, on the machine to be recorded`,
      exit: EXIT.usage,
    });
  }
  const tried = triedSources(dir);
  const absence = (...names: string[]): Absence => absenceOf(names.map(name => tried.get(name)).find(Boolean)?.status);
  const root = resolve(dir);
  /** Where a place lies; a path that would leave the folder leads nowhere in it. */
  const within = (place: string): string => {
    const path = resolve(root, place);
    return path.startsWith(root + sep) ? path : join(root, 'outside');
  };
  const bytes = (place: string): Uint8Array | null => fileBytes(within(place));
  const json = (place: string): unknown => parseJson(bytes(place));

  return {
    recorded: true,
    env: {},
    platform: 'linux',
    cwd: '/',
    now: () => new Date(0),
    fetch: () => Promise.reject(new Error('a capture has no network')),
    async run(command): Promise<Outcome> {
      const name = commandName(command);
      const [stdout, stderr, exit] = ['stdout', 'stderr', 'exit'].map(stream => bytes(`commands/${name}.${stream}`));
      if (!stdout && !stderr && !exit)
        return {status: absence(`commands/${name}`, name, lineOf(command)), stdout: '', stderr: ''};
      const textOf = (part: Uint8Array | null | undefined): string => (part ? decode(part) : '');
      const code = /^\s*(\d{1,3})\s*$/.exec(textOf(exit))?.[1] ?? '0';
      return {status: 'ran', exit: Number(code), stdout: textOf(stdout), stderr: textOf(stderr)};
    },
    async read(path, limit): Promise<Reading<Uint8Array>> {
      const value = bytes(`files${path}`);
      return value ? {status: 'ok', value: value.subarray(0, limit)} : {status: absence(`files${path}`, path)};
    },
    async list(path): Promise<Reading<string[]>> {
      const listing = bytes(`listings${path}.txt`);
      if (listing) return {status: 'ok', value: decode(listing).split(/\r?\n/).filter(Boolean).sort()};
      const names = folderNames(within(`files${path}`));
      return names
        ? {status: 'ok', value: names.sort()}
        : {status: absence(`listings${path}`, `listings${path}.txt`, path)};
    },
    async stat(path): Promise<Reading<PathFacts>> {
      const facts = pathFacts(tried.get(`stat${path}`)?.facts);
      if (facts !== null) return {status: 'ok', value: facts};
      const mirrored = factsOf(within(`files${path}`));
      if (!mirrored) return {status: absence(`stat${path}`, `files${path}`, path)};
      const kind = mirrored.isDirectory() ? 'folder' : 'file';
      return {status: 'ok', value: {kind, uid: 0, gid: 0, readable: true, writable: false}};
    },
    async engine(path): Promise<EngineAnswer> {
      const place = enginePlace(path);
      const body = json(place);
      const refused = tried.get(place);
      if (refused?.status === 'error' && refused.detail) return {status: 'error', detail: refused.detail};
      if (body !== null) return {status: 'ok', body, remote: tried.get(place)?.remote ?? false};
      return {status: absence(place, `engine${path}`, 'engine'), detail: 'not in the capture'};
    },
    async system() {
      const value = parseSystemJson(json('system.json'));
      return value ? {status: 'ok', value} : {status: absence('system.json', 'system')};
    },
  };
}

/**
 * At once, not through the pool of threads: most of the two hundred places asked for are not in a capture, and each
 * detour takes longer than the answer. Only a file is read: a pipe in its place would hold the program for ever.
 */
const fileBytes = (path: string): Uint8Array | null =>
  orNull(() => (factsOf(path)?.isFile() ? readFileSync(path) : null));

const factsOf = (path: string): Stats | null => orNull(() => statSync(path, {throwIfNoEntry: false}) ?? null);

const folderNames = (path: string): string[] | null => orNull(() => (factsOf(path) ? readdirSync(path) : null));

function orNull<T>(ask: () => T | null): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}

const KINDS = ['file', 'folder', 'other'] as const;

function pathFacts(value: unknown): PathFacts | null {
  const facts = fields(value);
  const kind = KINDS.find(known => known === facts.kind);
  const [uid, gid, readable, writable] = [
    amount(facts.uid),
    amount(facts.gid),
    flag(facts.readable),
    flag(facts.writable),
  ];
  if (kind === undefined || uid === undefined || gid === undefined) return null;
  return readable === undefined || writable === undefined ? null : {kind, uid, gid, readable, writable};
}

/** Where the engine's answer to a path lies: `/images/x?y=1` is `engine/images/x-y-1.json`. */
export const enginePlace = (path: string): string => `engine${path.replace(/[^\w./-]/g, '-')}.json`;

const lineOf = ({program, args}: Command): string => [program, ...args].join(' ');

function absenceOf(status: string | undefined): Absence {
  return status === 'not-found' || status === 'denied' || status === 'timeout' ? status : 'not-recorded';
}

/** The entries of `capture.json` by source; an entry may name a command, a file or its place in the capture. */
function triedSources(dir: string): Map<string, Tried> {
  const document = readJson(join(dir, 'capture.json'));
  const entries = elements(Array.isArray(document) ? document : fields(document).sources);
  return new Map(entries.flatMap(entry => triedSource(fields(entry))).map(entry => [entry.source, entry]));
}

function triedSource({source, status, exit, facts, remote, detail}: Readonly<Record<string, unknown>>): Tried[] {
  const [name, went] = [text(source), text(status)];
  if (name === undefined || went === undefined) return [];
  return [{source: name, status: went, exit: amount(exit), facts, remote: flag(remote), detail: text(detail)}];
}

function readJson(path: string): unknown {
  try {
    return parseJson(readFileSync(path));
  } catch {
    return null;
  }
}

function parseJson(bytes: Uint8Array | null): unknown {
  if (!bytes) return null;
  try {
    return JSON.parse(decode(bytes).replace(/^\ufeff/, ''));
  } catch {
    return null;
  }
}
