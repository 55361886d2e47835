import {architectureOf} from '../matrix/architecture.js';
import {compatBranch, lowestDriver} from '../matrix/cuda-release.js';
import {compareVersions} from '../matrix/dotted.js';
import type {JudgedGpu, Situation} from './situation.js';

/** The first GPU that no driver with this CUDA serves any more. */
export const droppedBy = (cuda: string, situation: Situation): JudgedGpu | undefined =>
  droppedFrom(compatBranch(cuda), situation);

/** The first GPU that a driver branch no longer serves. */
export function droppedFrom(branch: number | null, {gpus}: Situation): JudgedGpu | undefined {
  return gpus?.find(({computeCapability}) => {
    const last = architectureOf(computeCapability)?.last_branch ?? null;
    return last !== null && branch !== null && branch > last;
  });
}

/**
 * What to do about a driver that is too old: a newer one, where it would still serve this machine, or an older image.
 * `enough` is the lowest driver that would do, where that is not the one which carries the toolkit in full.
 */
export function driverFix(cuda: string, situation: Situation, enough: string | null = null): string {
  const {driverCuda} = situation;
  const dropped = droppedBy(cuda, situation);
  const older = `an image with ${driverCuda ? `CUDA ${driverCuda}` : 'an older CUDA'}`;
  if (dropped) return `${older}; no driver with CUDA ${cuda} serves ${dropped.label}`;
  const full = lowestDriver(cuda, situation);
  const sooner = enough !== null && (compareVersions(enough, full) ?? 0) < 0;
  const newer = sooner ? `${enough}, for all of it >= ${full}` : full;
  return `a driver >= ${newer}${driverCuda ? `, or ${older}` : ''}`;
}
