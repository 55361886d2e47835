import {reasonForCpu} from '../launch/without-gpus.js';
import type {Situation} from './situation.js';

type Wish = Pick<Situation, 'host' | 'gpus' | 'gpusWanted' | 'gpusAsked'>;

/** A line on work that wants GPUs and goes on with the CPU; null: it gets what it wants. Throws where there may be a GPU. */
export function cpuInstead({host, gpus, gpusWanted, gpusAsked}: Wish): string | null {
  if (gpus > 0 || gpusWanted === 'none') return null;
  return `${reasonForCpu(host, gpusAsked)}: going on with the CPU`;
}
