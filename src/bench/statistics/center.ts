/** Linear interpolation between the neighbours (definition 7 of Hyndman and Fan, 1996). `sorted` is ascending, not empty. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(Float64Array.from(values).sort(), 0.5);

/** Values beyond the bounds count as the bound: one outlier moves a mean no further than an ordinary extreme does. */
export interface Bounds {
  low: number;
  high: number;
}

/** How many robust standard deviations from the median are ordinary: 1 % of normal values lie beyond. */
const ORDINARY = 2.5;
/** Standard deviation of a normal distribution in median absolute deviations. */
const SIGMA_PER_MAD = 1.4826;

/** Bounds of ordinary values. Where half of them are alike nothing tells an outlier, and there are none. */
export function ordinaryBounds(values: readonly number[]): Bounds {
  const middle = median(values);
  const spread = SIGMA_PER_MAD * median(values.map(value => Math.abs(value - middle)));
  if (spread === 0) return {low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY};
  return {low: middle - ORDINARY * spread, high: middle + ORDINARY * spread};
}

export const clip = (value: number, {low, high}: Bounds): number => (value < low ? low : value > high ? high : value);

/** Huber's location estimate in one step: the mean of the values, each held within `bounds`. */
export function clippedMean(values: readonly number[], bounds: Bounds): number {
  let sum = 0;
  for (const value of values) sum += clip(value, bounds);
  return sum / values.length;
}
