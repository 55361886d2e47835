const GIB = 1024 ** 3;

/** Why a job was killed. `limit` in bytes; 0: it had none. */
export const jobEnded = (limit: number): string =>
  limit === 0
    ? 'killed: the machine ran out of memory'
    : `killed: it wanted more than its ${(limit / GIB).toFixed(1)} GiB of memory (--memory)`;
