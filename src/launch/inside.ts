/** What a container was promised, as far as it can be seen inside. */
export interface Promised {
  gpus: number;
  shmBytes: number;
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
 * Prints `gpus COUNT`, `shm MOUNT-OPTIONS`, `torch True|False` where the image has PyTorch (its own answer, which is what
 * counts), and `readonly` where the work cannot write.
 */
export const LOOK_INSIDE = `n=0; for d in /dev/nvidia[0-9]* /dev/dxg; do [ -e "$d" ] && n=$((n+1)); done; echo "gpus $n"
while read -r _ at _ options _; do [ "$at" = /dev/shm ] && echo "shm $options"; done < /proc/mounts
[ -w . ] || echo readonly
[ "$n" -gt 0 ] && python3 -c 'import torch; print("torch", torch.cuda.is_available())' 2>/dev/null
exit 0`;

/** Reads what {@link LOOK_INSIDE} printed. What it did not print is not known, and no problem. */
export function insideProblems(text: string, promised: Promised): InsideProblems {
  const fact = (name: string): string | null => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? null;
  const seen = fact('gpus');
  const shmKib = /(?:^|,)size=(\d+)k/.exec(fact('shm') ?? '')?.[1];
  const notes = [
    ...(shmKib !== undefined && Number(shmKib) * 1024 < promised.shmBytes
      ? [`shared memory is ${Math.floor(Number(shmKib) / 1024)} MiB inside, less than planned`]
      : []),
    ...(/^readonly$/m.test(text) ? ['the folder it works in cannot be written'] : []),
  ];
  return {gpu: promised.gpus === 0 ? null : missingGpu(seen, fact('torch'), promised.gpus), notes};
}

function missingGpu(seen: string | null, torch: string | null, wanted: number): string | null {
  if (seen !== null && Number(seen) === 0)
    return `${wanted} GPU${wanted === 1 ? ' was' : 's were'} given, and no device is inside`;
  return torch === 'False' ? 'the GPU is inside, and PyTorch does not see it' : null;
}
