import {homedir} from 'node:os';
import {join} from 'node:path';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';
import type {ImageRow, RepositoryRow} from './image-row.js';
import type {Overlay} from './overlay-schema.js';

/** Bytes and rows that an overlay may have. */
const LIMIT = 8 * 1024 * 1024;
const MOST_ROWS = 20_000;

export const overlayFile = (env: World['env']): string =>
  join(env.XDG_DATA_HOME ?? join(env.HOME ?? homedir(), '.local/share'), 'gpudock/matrix.json');

/** The user's overlay; null: there is none. Throws a Failure when what lies there is none. */
export async function readOverlay({env, read}: Pick<World, 'env' | 'read'>): Promise<Overlay | null> {
  const path = overlayFile(env);
  const file = await read(path, LIMIT + 1);
  if (file.status === 'not-found') return null;
  if (file.status !== 'ok') throw invalid(path, 'it cannot be read');
  if (file.value.length > LIMIT) throw invalid(path, `it has more than ${LIMIT} bytes`);
  const {parseOverlay} = await import('./overlay-schema.js');
  const parsed = parseOverlay(Buffer.from(file.value).toString('utf8'), MOST_ROWS);
  if ('problem' in parsed) throw invalid(path, parsed.problem);
  return parsed;
}

const invalid = (path: string, problem: string): Failure =>
  new Failure({
    code: 'matrix_overlay_invalid',
    message: `${path} is no overlay of the matrix`,
    cause: problem,
    fix: 'remove the file, and run gpudock matrix update',
  });

/** The overlay's rows of one repository, as a file of the matrix that holds nothing else. */
export const overlayRows = (overlay: Overlay | null, {repository}: RepositoryRow): ImageRow[] =>
  overlay?.rows.filter(row => row.repo === repository) ?? [];
