import {matrixDocument} from './data.js';
import {compareVersions, majorOf, minorOf} from './dotted.js';

/** A row of `compat-matrix/cuda-releases.json`. */
export interface CudaRelease {
  cuda: string;
  linux_min: string | null;
  windows_min: string | null;
  branch_min?: number;
  linux_runfile_driver?: string;
  cuda_compat_package_driver?: string;
  source: string;
}
/** A row of `compat-matrix/minor-version.json`: the floor of a whole CUDA major. */
export interface MajorFloor {
  major: number;
  linux_min: string;
  windows_min: string | null;
  branch_min: number;
  source: string;
}

const releases = () => matrixDocument<{rows: CudaRelease[]}>('cuda-releases').rows;

const meant = new Map<string, CudaRelease[]>();

/** The releases that a toolkit number may mean: the very one, or all of its minor (`11.1`, `10.1.243`). */
export function releasesOf(cuda: string): CudaRelease[] {
  const known = meant.get(cuda);
  if (known) return known;
  const exact = cuda === minorOf(cuda) ? [] : releases().filter(row => compareVersions(row.cuda, cuda) === 0);
  const found = exact.length > 0 ? exact : releases().filter(row => minorOf(row.cuda) === minorOf(cuda));
  if (found.length > 0) meant.set(cuda, found);
  return found;
}

/** Minor-version compatibility exists from CUDA 11 on; null below, and for majors the matrix does not list. */
export function majorFloor(cuda: string): MajorFloor | null {
  return matrixDocument<{rows: MajorFloor[]}>('minor-version').rows.find(row => row.major === majorOf(cuda)) ?? null;
}

/** True when the toolkit is of a minor that came after the matrix was checked. */
export function isNewerThanMatrix(cuda: string): boolean {
  return (compareVersions(minorOf(cuda), newestMinor()) ?? 0) > 0;
}

let newest: string | null | undefined;
function newestMinor(): string | null {
  newest ??= releases()
    .map(row => minorOf(row.cuda))
    .reduce((a, b) => ((compareVersions(a, b) ?? 0) < 0 ? b : a));
  return newest;
}

/** The lowest driver that carries a toolkit in full, as a person would look for it: a number, else a branch. */
export function lowestDriver(cuda: string, {wsl}: {wsl: boolean}): string {
  const [release] = releasesOf(cuda);
  const number = wsl ? release?.windows_min : release?.linux_min;
  return number ?? (release?.branch_min ? `R${release.branch_min}` : `one for CUDA ${minorOf(cuda)}`);
}

/** The driver that the cuda-compat library of a toolkit is part of; of several toolkits that may be meant, the oldest. */
export function compatDriver(cuda: string): string | null {
  const release = releasesOf(cuda).at(-1);
  return release ? (release.cuda_compat_package_driver ?? release.linux_runfile_driver ?? release.linux_min) : null;
}

/** The driver branch that the cuda-compat library of a toolkit is part of; null where it is not known. */
export function compatBranch(cuda: string): number | null {
  const [release] = releasesOf(cuda);
  return release
    ? (majorOf(release.cuda_compat_package_driver ?? release.linux_min) ?? release.branch_min ?? null)
    : null;
}
