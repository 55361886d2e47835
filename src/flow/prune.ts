import type {OwnImage} from '../engine/own-images.js';

/** What a clean-up does with each image. */
export interface PrunePlan {
  remove: OwnImage[];
  kept: {image: OwnImage; why: string}[];
}

/**
 * Which images go: of each project the newest `keep` stay, and every one that a container was made from. `project` limits
 * it to one folder. Pure.
 */
export function planPrune(
  images: readonly OwnImage[],
  {keep, project}: {keep: number; project: string | null},
): PrunePlan {
  const plan: PrunePlan = {remove: [], kept: []};
  const newest = [...images].sort((a, b) => b.built.getTime() - a.built.getTime());
  const counted = new Map<string | null, number>();
  for (const image of newest.filter(candidate => project === null || candidate.project === project)) {
    const position = counted.get(image.project) ?? 0;
    counted.set(image.project, position + 1);
    if (image.containers.length > 0) plan.kept.push({image, why: `used by ${image.containers.join(', ')}`});
    else if (position < keep) plan.kept.push({image, why: keep === 1 ? 'the newest' : `one of the newest ${keep}`});
    else plan.remove.push(image);
  }
  return plan;
}

/** MiB that a removal gives back at least: what no other image shares. */
export const freedMiB = (images: readonly OwnImage[]): number =>
  images.reduce((sum, {sizeMiB, sharedMiB}) => sum + sizeMiB - (sharedMiB ?? 0), 0);
