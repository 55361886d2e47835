/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** Marsaglia's generator as sfc32 has it: 128 bits of state, the same numbers on every machine. `seed` is an integer. */
export function seeded(seed: number): Random {
  let [a, b, c, count] = [0, seed | 0, Math.floor(seed / 2 ** 32) | 0, 1];
  const next = (): number => {
    const out = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return (out >>> 0) / 2 ** 32;
  };
  // The first outputs still show the seed.
  for (let discarded = 0; discarded < 15; discarded++) next();
  return next;
}

/** The same items in a random order, every order equally likely (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(Math.floor(random() * rest.length), 1)[0] as T);
}
