import {expect} from '@jest/globals';

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Eight times the input takes eight times as long, with room for a busy machine: three times that. Where time grew with
 * the square it would be sixty-four times. `plain` is work of the same size that is surely linear, for inputs so easy
 * that only noise would be measured.
 */
export async function expectLinear(
  work: (share: number) => Promise<unknown>,
  plain: () => Promise<unknown>,
): Promise<void> {
  // The first run also compiles.
  const eighth = [await timeOf(() => work(1 / 8)), await timeOf(() => work(1 / 8))];
  const noise = await timeOf(plain);
  expect(await timeOf(() => work(1))).toBeLessThan(24 * Math.min(...eighth) + 4 * noise);
}
