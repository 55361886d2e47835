import {mkdir, rename, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {ImageRow} from '../matrix/image-row.js';
import type {Matrix} from '../matrix/matrix.js';
import {overlayFile} from '../matrix/overlay.js';
import type {Overlay} from '../matrix/overlay-schema.js';
import {openDocuments} from '../registry/documents.js';
import type {World} from '../world/world.js';
import {
  findNewRows,
  repositoriesOf,
  type Unasked,
  type Update,
  type Vanished,
  verifyRepository,
} from './matrix-registries.js';
import {openHub, openRegistries} from './registry.js';

interface Question {
  matrix: Matrix;
  /** Repositories by name; none: all. */
  wanted: readonly string[];
  signal: AbortSignal;
}

/** What the registries have that the matrix lacks. */
export async function updateMatrix(
  world: World,
  {matrix, wanted, limit, signal}: Question & {limit: number},
): Promise<Update & {unasked: Unasked[]; asked: number}> {
  const rows = repositoriesOf(matrix, wanted);
  const client = await openRegistries(world, signal);
  const registries = {matrix, client, hub: await openHub(world, signal), documents: openDocuments(world), signal};
  const unasked: Unasked[] = [];
  const updates: Update[] = [];
  for (const row of rows) updates.push(await findNewRows(registries, row, limit, unasked));
  return {
    added: updates.flatMap(({added}) => added),
    held: updates.flatMap(({held}) => held),
    left: updates.reduce((sum, update) => sum + update.left, 0),
    unasked,
    asked: rows.length - unasked.length,
  };
}

/** Adds rows to the user's overlay; a reader sees the old one or the new one. */
export async function writeOverlay(world: World, before: Overlay | null, added: readonly ImageRow[]): Promise<void> {
  const file = overlayFile(world.env);
  const date = world.now().toISOString().slice(0, 10);
  const document = {schema: 'gpudock/matrix-overlay/1', date, rows: [...(before?.rows ?? []), ...added]};
  await mkdir(dirname(file), {recursive: true});
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(document, null, 1)}\n`);
  await rename(`${file}.${process.pid}`, file);
}

/** Rows that the registries contradict. */
export async function verifyRegistries(
  world: World,
  {matrix, wanted, configs, signal}: Question & {configs: boolean},
): Promise<{problems: Vanished[]; unasked: Unasked[]}> {
  const rows = repositoriesOf(matrix, wanted);
  const client = await openRegistries(world, signal);
  const registries = {matrix, client, hub: null, documents: openDocuments(world), signal};
  const unasked: Unasked[] = [];
  const problems: Vanished[] = [];
  for (const row of rows) problems.push(...(await verifyRepository(registries, row, configs, unasked)));
  return {problems, unasked};
}
