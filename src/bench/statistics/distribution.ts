/** Standard normal distribution function; error below 1.5e-7 (Abramowitz and Stegun 7.1.26). */
export function normalShare(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = 0.5 * series * Math.exp(-x * x);
  return z < 0 ? upper : 1 - upper;
}

/** The z below which `share` of a standard normal lies, by bisection. */
export function normalQuantile(share: number): number {
  let [low, high] = [-9, 9];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Student's t with `freedom` degrees, from the normal quantile by expansion (Abramowitz and Stegun 26.7.5). */
export function studentQuantile(share: number, freedom: number): number {
  const z = normalQuantile(share);
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, power) => sum + term / freedom ** power, 0);
}

/**
 * The share to cut from each end of a bootstrap of `count` values. Plain percentiles are too narrow for few values: they
 * miss the factor n/(n-1) of the variance and Student's longer tails (Hesterberg, The American Statistician 69, 2015, §3.3).
 */
export function tailShare(confidence: number, count: number): number {
  const wide = Math.sqrt(count / (count - 1)) * studentQuantile((1 + confidence) / 2, count - 1);
  return normalShare(-wide);
}
