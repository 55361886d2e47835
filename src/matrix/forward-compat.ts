import {matrixDocument} from './data.js';
import {minorOf} from './dotted.js';

interface ForwardFile {
  /** Driver branches the table speaks of. */
  columns: number[];
  rows: {cuda: string; hosts: number[]}[];
}

/**
 * Whether the cuda-compat package of a toolkit works on a driver branch, by NVIDIA's table; null where the table does
 * not speak of the branch or the toolkit.
 */
export function forwardCompatible(cuda: string, branch: number): boolean | null {
  const {columns, rows} = matrixDocument<ForwardFile>('forward-compat');
  const row = rows.find(row => row.cuda === minorOf(cuda));
  return row && columns.includes(branch) ? row.hosts.includes(branch) : null;
}
