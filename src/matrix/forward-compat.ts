import {matrixDocument} from './data.js';
import {minorOf} from './dotted.js';

interface ForwardFile {
  /** Driver branches the table speaks of. */
  columns: number[];
  rows: {cuda: string; hosts: number[]; only?: boolean; not?: number[]}[];
}

/**
 * Whether the cuda-compat package of a toolkit works on a driver branch, by NVIDIA's table and release notes; null where
 * they do not speak of the branch or the toolkit.
 */
export function forwardCompatible(cuda: string, branch: number): boolean | null {
  const {columns, rows} = matrixDocument<ForwardFile>('forward-compat');
  const row = rows.find(row => row.cuda === minorOf(cuda));
  if (!row) return null;
  if (row.hosts.includes(branch)) return true;
  return row.only || row.not?.includes(branch) || columns.includes(branch) ? false : null;
}
