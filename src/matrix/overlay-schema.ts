import * as z from 'zod';
import {builds, words} from './builds.js';
import {isNewerThanMatrix} from './cuda-release.js';
import {matrixDocument} from './data.js';
import {minorOf} from './dotted.js';
import type {ImageRow, RepositoryRow} from './image-row.js';
import {ImageRowSchema} from './schemas.js';
import {imageProblems} from './verify.js';

const Row = ImageRowSchema.pick({
  tag: true,
  repo: true,
  framework: true,
  version: true,
  os: true,
  variant: true,
  cuda: true,
  platforms: true,
  require: true,
  build: true,
  gpu: true,
  digest: true,
}).extend({evidence: z.literal('observed'), source: z.literal('registry')});

const Document = z.strictObject({
  schema: z.literal('gpudock/matrix-overlay/1'),
  date: z.iso.date(),
  rows: z.array(Row),
});

/** Rows that `gpudock matrix update` found, beside the shipped ones, which come first. */
export interface Overlay {
  /** The day of the last update, `YYYY-MM-DD`. */
  date: string;
  rows: ImageRow[];
}

/** An overlay, or what is wrong with it: the same ranges hold as for what comes from a registry. */
export function parseOverlay(text: string, mostRows: number): Overlay | {problem: string} {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return {problem: 'it is no JSON'};
  }
  const {data, error} = Document.safeParse(content);
  if (data === undefined) {
    const [issue] = error?.issues ?? [];
    return {problem: [issue?.path.join('.') ?? '', issue?.message ?? 'not of its schema'].filter(Boolean).join(': ')};
  }
  if (data.rows.length > mostRows) return {problem: `it has more than ${mostRows} rows`};
  const rows = data.rows.map(withoutAbsent);
  const [problem] = problemsOf(rows);
  return problem === undefined ? {date: data.date, rows} : {problem};
}

/** What is held against rows from a registry is against these, too: that a file is the user's own makes it no truer. */
function problemsOf(rows: ImageRow[]): string[] {
  const own = matrixDocument<{rows: RepositoryRow[]}>('repositories').rows.map(row => ({...row, file: 'overlay'}));
  const file = {defaults: {}, sources: {registry: ''}, rows};
  return [
    ...imageProblems('images/overlay', file, own).map(({row, problem}) => `${row}: ${problem}`),
    ...rows.flatMap(row => contradiction(row).map(problem => `${row.repo}:${row.tag}: ${problem}`)),
  ];
}

function contradiction({framework, version, cuda, build: id}: ImageRow): string[] {
  if (cuda !== undefined && isNewerThanMatrix(cuda)) return [`CUDA ${cuda} is one that the matrix does not know`];
  const [own] = words(id ?? '');
  const build = own === undefined ? undefined : builds().get(own);
  const same =
    build === undefined ||
    (build.framework === framework && build.version === version && minorOf(build.cuda) === minorOf(cuda ?? null));
  return same ? [] : [`${id} is the build of another version`];
}

/** Optional fields that are absent are left out, not undefined. */
const withoutAbsent = (row: z.infer<typeof Row>): Overlay['rows'][number] =>
  JSON.parse(JSON.stringify(row)) as Overlay['rows'][number];
