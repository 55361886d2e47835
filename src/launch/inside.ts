/** What a container was promised, as far as it can be seen inside. */
export interface Promised {
  gpus: number;
  shmBytes: number;
  /** Limits that were asked for; null: none was. */
  memoryBytes: number | null;
  cpus: number | null;
  pids: number | null;
  /** Unlimited locked memory. */
  memlock: boolean;
  /** Where data is mounted. */
  data: readonly string[];
}

/** What to do about a GPU that is missing inside. */
export type GpuCheck = 'fail' | 'warn' | 'off';

/** What does not hold inside. */
export interface InsideProblems {
  /** A GPU that is not there: work would fall back to the CPU without a word. null: none is missing. */
  gpu: string | null;
  /** Smaller matters, a line each. */
  notes: string[];
}

/**
 * Prints `gpus COUNT`, `shm MOUNT-OPTIONS`, `memlock SOFT`, the control group's limits (`memory BYTES`, `cpu QUOTA PERIOD`,
 * `pids COUNT`; cgroup 2, else 1: kernel.org, cgroup-v2 and cgroup-v1), `torch True|False` where the image has PyTorch
 * (its own answer, which is what counts), `readonly` where the work cannot write, and `unreadable PATH` for data.
 */
export const LOOK_INSIDE = `n=0; for d in /dev/nvidia[0-9]* /dev/dxg; do [ -e "$d" ] && n=$((n+1)); done; echo "gpus $n"
while read -r _ at _ options _; do [ "$at" = /dev/shm ] && echo "shm $options"; done < /proc/mounts
while read -r a b c soft _; do [ "$a $b $c" = 'Max locked memory' ] && echo "memlock $soft"; done < /proc/1/limits
first() { for f in "$@"; do [ -r "$f" ] && { cat "$f"; return; }; done; }
g=/sys/fs/cgroup
echo "memory $(first $g/memory.max $g/memory/memory.limit_in_bytes)"
echo "pids $(first $g/pids.max $g/pids/pids.max)"
echo "cpu $(first $g/cpu.max $g/cpu/cpu.cfs_quota_us) $(first $g/cpu/cpu.cfs_period_us)"
[ -w . ] || echo readonly
for d in /data/*; do [ -e "$d" ] && { [ ! -r "$d" ] || { [ -d "$d" ] && [ ! -x "$d" ]; }; } && echo "unreadable $d"; done
[ "$n" -gt 0 ] && python3 -c 'import torch; print("torch", torch.cuda.is_available())' 2>/dev/null
exit 0`;

/** Reads what {@link LOOK_INSIDE} printed. What it did not print is not known, and no problem. */
export function insideProblems(text: string, promised: Promised): InsideProblems {
  const fact = (name: string): string | null => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]?.trim() ?? null;
  const notes = [
    shmProblem(fact('shm'), promised.shmBytes),
    ...limitProblems(fact, promised),
    /^readonly$/m.test(text) ? 'the folder it works in cannot be written' : null,
    ...promised.data.map(path => (text.split('\n').includes(`unreadable ${path}`) ? unreadable(path) : null)),
  ];
  const gpu = promised.gpus === 0 ? null : missingGpu(fact('gpus'), fact('torch'), promised.gpus);
  return {gpu, notes: notes.filter(line => line !== null)};
}

function shmProblem(options: string | null, promised: number): string | null {
  const kib = /(?:^|,)size=(\d+)k/.exec(options ?? '')?.[1];
  return kib !== undefined && Number(kib) * 1024 < promised
    ? `shared memory is ${Math.floor(Number(kib) / 1024)} MiB inside, less than planned`
    : null;
}

const unreadable = (path: string): string =>
  `the user inside may not read ${path}: on a rootless engine your other groups do not count`;

/** A limit that an engine has no means for is dropped by it without a word. */
function limitProblems(fact: (name: string) => string | null, promised: Promised): (string | null)[] {
  const [quota, period] = (fact('cpu') ?? '').split(' ');
  return [
    notHeld('memory', fact('memory'), promised.memoryBytes),
    notHeld('pids', fact('pids'), promised.pids),
    notHeld('cpus', quota === '-1' ? 'max' : share(quota, period), promised.cpus),
    promised.memlock && /^\d+$/.test(fact('memlock') ?? '')
      ? `locked memory is limited to ${Math.floor(Number(fact('memlock')) / 1024)} KiB inside: the engine holds it down`
      : null,
  ];
}

const share = (quota = '', period = ''): string | null =>
  quota === 'max' ? quota : String(Number(quota) / Number(period));

/** cgroup 1 calls "no limit" a number near 2^63. */
function notHeld(name: string, inside: string | null, asked: number | null): string | null {
  if (asked === null || inside === null || inside === '') return null;
  const value = inside === 'max' ? Number.POSITIVE_INFINITY : Number(inside);
  return value > asked * 1.01 ? `the limit of ${name} does not hold inside: this engine has no means for it` : null;
}

function missingGpu(seen: string | null, torch: string | null, wanted: number): string | null {
  if (seen !== null && Number(seen) === 0)
    return `${wanted} GPU${wanted === 1 ? ' was' : 's were'} given, and no device is inside`;
  return torch === 'False' ? 'the GPU is inside, and PyTorch does not see it' : null;
}
