import {bytes} from './units.js';

/** Why a job was killed. `limit` in bytes; 0: it had none. */
export const jobEnded = (limit: number): string =>
  limit === 0
    ? 'killed: the machine ran out of memory'
    : `killed: it wanted more than its ${bytes(limit)} of memory (--memory)`;
