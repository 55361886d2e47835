import type {LookedAt, SideFacts} from './side-facts.js';
import type {Need, Workload} from './workload.js';

export interface Given {
  /** How many GPUs both sides may use. */
  gpus: number;
  sides: readonly LookedAt[];
}

/** Why a workload cannot run here, in the words of the report; null: it can. Pure. */
export function missingNeed({needs, kind}: Workload, given: Given): string | null {
  if (kind === 'command') return null;
  const {gpus} = given;
  if (needs.includes('gpu') && gpus === 0) return 'no GPU';
  if (needs.includes('gpus') && gpus < 2) return gpus === 0 ? 'no GPU' : 'one GPU; it takes two';
  for (const {name, facts, why} of given.sides) {
    if (facts === null) return why;
    const lacking = needs.find(need => lacks(need, facts));
    if (lacking !== undefined) return `no ${lacking} in ${name}`;
  }
  return null;
}

function lacks(need: Need, facts: SideFacts): boolean {
  if (need === 'fio') return !facts.fio;
  return (need === 'numpy' || need === 'torch') && !facts.packages[need];
}
