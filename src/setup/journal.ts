import {createHash} from 'node:crypto';
import {chmod, mkdir, rename, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import * as z from 'zod';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';

const Command = z.tuple([z.string()], z.string());

/** What setup did, so that it can be taken back: files with what was in them, commands with their opposite. */
const Entry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    at: z.string(),
    does: z.string(),
    path: z.string(),
    /** base64; null: there was no such file. */
    before: z.string().nullable(),
    /** SHA-256 of what setup left there; null: it did not come to that, or it removed it. */
    after: z.string().nullable(),
    restart: z.array(Command),
  }),
  z.object({kind: z.literal('command'), at: z.string(), does: z.string(), undo: Command}),
]);
export type Entry = z.infer<typeof Entry>;
export type FileEntry = Extract<Entry, {kind: 'file'}>;

const Journal = z.object({schema: z.literal('gpudock/setup-journal/1'), entries: z.array(Entry)});

/** `$XDG_STATE_HOME/gpudock/setup.json`, else below `~/.local/state`. */
export const journalPath = (env: World['env']): string =>
  join(env.XDG_STATE_HOME ?? join(env.HOME ?? homedir(), '.local/state'), 'gpudock', 'setup.json');

/** The entries so far, oldest first; none where there is no journal. Throws `journal_invalid`, `journal_unreadable`. */
export async function readJournal(world: Pick<World, 'read'>, path: string): Promise<Entry[]> {
  const file = await world.read(path);
  if (file.status === 'not-found') return [];
  if (file.status !== 'ok') throw unreadable(path, file.status);
  const text = Buffer.from(file.value).toString('utf8');
  try {
    return Journal.parse(JSON.parse(text)).entries;
  } catch (cause) {
    const failure = {
      code: 'journal_invalid',
      message: `${path} is not a journal of gpudock setup`,
      cause: 'it was changed by hand, or written by another version',
      fix: 'look into it: "before" holds, in base64, what each file was',
    };
    throw new Failure(failure, {cause});
  }
}

const unreadable = (path: string, status: string): Failure =>
  new Failure({
    code: 'journal_unreadable',
    message: `the journal of gpudock setup cannot be read: ${status}`,
    cause: `without ${path} nothing that is changed could be taken back`,
    fix: `make ${path} readable, or set XDG_STATE_HOME`,
  });

/** Replaces the journal whole. It may hold what others must not read: proxies with passwords stand in daemon.json. */
export async function writeJournal(path: string, entries: readonly Entry[]): Promise<void> {
  await mkdir(dirname(path), {recursive: true, mode: 0o700});
  const next = `${path}.new`;
  await writeFile(next, `${JSON.stringify({schema: 'gpudock/setup-journal/1', entries}, null, 1)}\n`, {mode: 0o600});
  await chmod(next, 0o600);
  await rename(next, path);
}

export const hashOf = (content: Buffer | null): string | null =>
  content === null ? null : createHash('sha256').update(content).digest('hex');
