import * as z from 'zod';
import {isNewerThanMatrix} from './cuda-release.js';
import type {Overlay} from './overlay.js';
import {ImageRowSchema} from './schemas.js';

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
    return {problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of its schema'}`};
  }
  if (data.rows.length > mostRows) return {problem: `it has more than ${mostRows} rows`};
  const beyond = data.rows.find(({cuda}) => cuda !== undefined && isNewerThanMatrix(cuda));
  if (beyond) return {problem: `${beyond.repo}:${beyond.tag} has CUDA ${beyond.cuda}, which the matrix does not know`};
  return {date: data.date, rows: data.rows.map(withoutAbsent)};
}

/** Optional fields that are absent are left out, not undefined. */
const withoutAbsent = (row: z.infer<typeof Row>): Overlay['rows'][number] =>
  JSON.parse(JSON.stringify(row)) as Overlay['rows'][number];
