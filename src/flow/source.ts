import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {lstat, readdir, readlink} from 'node:fs/promises';
import {dirname, join, normalize} from 'node:path';
import type {Source, SourceFile} from '../environment/source.js';
import {Failure} from '../failure.js';

/** Never in an image unless .dockerignore says so with `!`: history, caches, environments, secrets. */
const LEFT_OUT = [
  '.git',
  '.venv',
  '.env',
  '**/__pycache__',
  '**/.ipynb_checkpoints',
  '**/.pytest_cache',
  'gpudock.lock.previous',
];

/** Bytes and files of a project that can be sent to the engine in reasonable time. */
const LIMIT = {bytes: 2 * 1024 ** 3, files: 100_000};

interface Walk {
  ignores(path: string): boolean;
  /** Whether a file may be taken in again below a folder that is left out. */
  exceptions: boolean;
  files: (SourceFile & {size: number; executable: boolean})[];
  notes: string[];
}

/**
 * The project's files that .dockerignore lets through; links are kept as links, and none that leads out. `notes`: what was
 * left out for another reason. Throws `context_too_large`, `file_unreadable`.
 */
export async function readSource(dir: string): Promise<{source: Source; notes: string[]}> {
  // CommonJS that names its function `default` once more.
  const {
    default: {default: dockerignore},
  } = await import('@balena/dockerignore');
  const rules = dockerignore({ignorecase: false}).add(LEFT_OUT);
  const own = await textOf(join(dir, '.dockerignore'));
  if (own !== null) rules.add(own);
  const walk: Walk = {
    ignores: path => rules.ignores(path),
    exceptions: own !== null && /^\s*!/m.test(own),
    files: [],
    notes: [],
  };
  await walkFolder(dir, '', walk);
  const files = walk.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > LIMIT.bytes || files.length > LIMIT.files) throw tooLarge(dir, files, size);
  const hash = createHash('sha256');
  for (const {path, kind, executable} of files) {
    const content = kind === 'link' ? await readlink(join(dir, path)) : await contentOf(join(dir, path));
    hash.update(JSON.stringify([path, kind, executable, content]));
  }
  const listed = files.map(({path, kind, executable}) => ({path, kind, executable}));
  return {source: {dir, files: listed, digest: hash.digest('hex'), size}, notes: walk.notes};
}

async function walkFolder(dir: string, folder: string, walk: Walk): Promise<void> {
  for (const entry of await entriesOf(join(dir, folder))) {
    const name = entry.toString('utf8');
    const path = folder === '' ? name : `${folder}/${name}`;
    // What travels to the engine as text must be UTF-8 (protocol buffers, `string`).
    if (!Buffer.from(name).equals(entry)) walk.notes.push(`${path} is left out: its name is not UTF-8`);
    else await take(dir, path, walk);
  }
}

async function take(dir: string, path: string, walk: Walk): Promise<void> {
  const facts = await lstat(join(dir, path));
  const ignored = walk.ignores(path);
  if (facts.isDirectory()) return ignored && !walk.exceptions ? undefined : walkFolder(dir, path, walk);
  if (ignored) return;
  if (facts.isFile()) {
    walk.files.push({path, kind: 'file', size: facts.size, executable: (facts.mode & 0o111) !== 0});
    if (walk.files.length > LIMIT.files) throw tooLarge(dir, walk.files, 0);
  } else if (facts.isSymbolicLink()) {
    const target = await readlink(join(dir, path));
    const inside = target.startsWith('/') ? target : normalize(join(dirname(path), target));
    if (inside.startsWith('..') || inside.startsWith('/'))
      walk.notes.push(`${path} is left out: it leads out of the project`);
    else walk.files.push({path, kind: 'link', size: 0, executable: false});
  } else walk.notes.push(`${path} is left out: it is neither a file nor a folder`);
}

async function entriesOf(folder: string): Promise<Buffer[]> {
  try {
    return await readdir(folder, {encoding: 'buffer'});
  } catch (error) {
    throw unreadable(folder, error);
  }
}

async function contentOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    throw unreadable(path, error);
  }
  return hash.digest('hex');
}

async function textOf(path: string): Promise<string | null> {
  const {readFile} = await import('node:fs/promises');
  return readFile(path, 'utf8').catch(() => null);
}

const unreadable = (path: string, error: unknown): Failure =>
  new Failure({
    code: 'file_unreadable',
    message: `${path} cannot be read`,
    cause: error instanceof Error ? error.message : String(error),
    fix: `give yourself the right to read it, or name it in .dockerignore`,
  });

function tooLarge(dir: string, files: readonly {path: string; size: number}[], size: number): Failure {
  const [largest] = [...files].sort((a, b) => b.size - a.size);
  const what = size > LIMIT.bytes ? `${(size / 1024 ** 3).toFixed(1)} GiB` : `more than ${LIMIT.files} files`;
  return new Failure({
    code: 'context_too_large',
    message: `${dir} is too large to be put into an image: ${what}`,
    cause: `the largest file is ${largest?.path} (${((largest?.size ?? 0) / 1024 ** 2).toFixed(0)} MiB)`,
    fix: `name data in .dockerignore; give it to the container with --data when it is run`,
  });
}
