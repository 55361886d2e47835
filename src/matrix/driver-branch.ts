import {matrixDocument} from './data.js';
import {compareDotted, type Dotted, parseDotted} from './dotted.js';

/** A row of `compat-matrix/driver-branches.json`. */
export interface DriverBranch {
  branch: number;
  max_cuda: string;
  kind: 'LTSB' | 'PB' | 'NFB' | 'development' | null;
  /** `YYYY-MM` or `YYYY-MM-DD` */
  eol: string | null;
  /** First and last leading numbers of Windows drivers of the branch. */
  windows?: [string, string];
  observed: boolean;
  latest: string | null;
  source: string;
}

const branches = () => matrixDocument<{rows: DriverBranch[]}>('driver-branches').rows;

/** The branch of a driver number. Under WSL2 the number is the Windows driver's, whose branches are numbered apart. */
export function branchOf(version: string | null, {wsl}: {wsl: boolean}): DriverBranch | null {
  const number = parseDotted(version);
  if (!number) return null;
  return branches().find(row => (wsl ? isWindowsNumber(number, row) : row.branch === number[0])) ?? null;
}

function isWindowsNumber(number: Dotted, row: DriverBranch): boolean {
  const [first, last] = (row.windows ?? []).map(parseDotted);
  if (!first || !last) return false;
  return compareDotted(number, first) >= 0 && (number[0] ?? 0) <= (last[0] ?? 0);
}

/** The newest CUDA that an unmodified driver reports, by its branch; null for a branch the matrix does not list. */
export function cudaOfDriver(version: string | null, host: {wsl: boolean}): string | null {
  return branchOf(version, host)?.max_cuda ?? null;
}
