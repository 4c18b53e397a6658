/** The normal distribution's 97.5 % quantile: what lies outside of both ends is 5 %. */
const z = 1.959964;

/**
 * The range in which the true share lies with 95 % confidence, when `share` of `samples` independent samples was right
 * (Wilson, 1927). It tells how far the test data can be trusted, not how much another seed would change.
 */
export function intervalOf(share: number, samples: number): readonly [low: number, high: number] {
  const scale = 1 + z ** 2 / samples;
  const middle = (share + z ** 2 / (2 * samples)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / samples + z ** 2 / (4 * samples ** 2));
  return [middle - half, middle + half];
}
