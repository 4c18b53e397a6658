/**
 * The standard normal distribution's quantile: the x below which a share `p` of it lies. `p` in (0, 1); relative error
 * about 1e-7. Uses `+ - * / sqrt` alone, which every machine rounds alike, unlike `Math.log` and `Math.cos`.
 *
 * Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988 (PPND7).
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179))
      / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }
  const root = Math.sqrt(-naturalLogarithm(q < 0 ? p : 1 - p));
  const x = root <= 5 ? nearTail(root - 1.6) : farTail(root - 5);
  return q < 0 ? -x : x;
}

function nearTail(r: number): number {
  return (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777)
    / ((0.12021132975 * r + 0.7370016425) * r + 1);
}

function farTail(r: number): number {
  return (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115)
    / ((0.012258202635 * r + 0.24197894225) * r + 1);
}

/** ln x for x in (0, 1): x = m · 2⁻ⁿ with m near 1, ln m by the series of 2·artanh((m − 1) / (m + 1)). */
function naturalLogarithm(x: number): number {
  let m = x;
  let halvings = 0;
  for (; m < Math.SQRT1_2; halvings++) m *= 2;
  const s = (m - 1) / (m + 1);
  const square = s * s;
  const series = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9 + square * (1 / 11 + square / 13)))));
  return 2 * s * series - halvings * Math.LN2;
}
