import {matrixDocument} from './data.js';
import {minorOf} from './dotted.js';

/** A row of `compat-matrix/require-cuda.json`. */
export interface RequireRow {
  cuda: string;
  arch: string;
  /** Base images that carry the text; `*` any. */
  os: string[];
  clauses: string;
  brands?: string;
  /** A driver branch, or the first one and the upper bound. */
  branches?: (number | [number, number])[];
  secondary?: boolean;
  source: string;
}
interface RequireFile {
  brand_lists: Record<string, string>;
  rows: RequireRow[];
}

let index: Map<string, RequireRow> | undefined;
const texts = new Map<RequireRow, string>();

/** The `NVIDIA_REQUIRE_CUDA` of an nvidia/cuda image, in full; null when it is not listed. */
export function requireText(cuda: string, arch: string, os: string): string | null {
  const {rows, brand_lists} = matrixDocument<RequireFile>('require-cuda');
  index ??= new Map(rows.flatMap(row => row.os.map(name => [`${row.cuda}|${row.arch}|${name}`, row] as const)));
  const row = index.get(`${cuda}|${arch}|${os}`) ?? index.get(`${cuda}|${arch}|*`);
  if (!row) return null;
  const text = texts.get(row) ?? expand(row, brand_lists);
  texts.set(row, text);
  return text;
}

/** All texts of the nvidia/cuda images for amd64 with a toolkit of this minor. */
export function requireTextsOf(cuda: string): string[] {
  const {rows} = matrixDocument<RequireFile>('require-cuda');
  const own = rows.filter(row => row.arch === 'amd64' && minorOf(row.cuda) === minorOf(cuda));
  return own.flatMap(row => requireText(row.cuda, row.arch, row.os[0] ?? '*') ?? []);
}

/** One clause for each brand on each driver branch, after the clauses that stand for themselves. */
export function expand(row: RequireRow, brandLists: Record<string, string>): string {
  const brands = (brandLists[row.brands ?? ''] ?? '').split(' ');
  const allowed = (row.branches ?? []).flatMap(branch => {
    const [from, below] = typeof branch === 'number' ? [branch, branch + 1] : branch;
    return brands.map(brand => `brand=${brand},driver>=${from},driver<${below}`);
  });
  return [row.clauses, ...allowed].join(' ');
}
