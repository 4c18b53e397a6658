/** What GradNorm looks at, one entry a loss. */
export interface GradNormInput {
  readonly weights: readonly number[];
  /** Norm of each loss's own gradient, unweighted. */
  readonly norms: readonly number[];
  readonly losses: readonly number[];
  /** The losses at the first step; above 0. */
  readonly initial: readonly number[];
}

export interface GradNormRates {
  /** Exponent of the relative training rate: how strongly a loss that lags behind is pushed. */
  readonly asymmetry: number;
  readonly learningRate: number;
}

export interface GradNormResult {
  /** How slowly each loss falls, relative to the mean. */
  readonly relativeRates: readonly number[];
  /** The gradient norms that the weights aim at. */
  readonly targets: readonly number[];
  /** `Σ |w_i · norm_i − target_i|`. */
  readonly loss: number;
  /** Its gradient with respect to the weights; targets are constants. */
  readonly gradients: readonly number[];
  /** After one step of gradient descent; they sum to their number. */
  readonly weights: readonly number[];
}

/** No loss is switched off for good: a weight that descends below this stays here. */
const LEAST = 0.01;

/** One step of GradNorm's algorithm 1 (Chen et al., 2018) on the weights. */
export function gradNormStep({ weights, norms, losses, initial }: GradNormInput, { asymmetry, learningRate }: GradNormRates): GradNormResult {
  const weighed = weights.map((weight, i) => weight * norms[i]!);
  const rates = losses.map((loss, i) => loss / initial[i]!);
  const meanRate = mean(rates);
  const relativeRates = rates.map((rate) => (meanRate > 0 ? rate / meanRate : 1));
  const targets = relativeRates.map((rate) => mean(weighed) * rate ** asymmetry);
  const gaps = weighed.map((norm, i) => norm - targets[i]!);
  const gradients = gaps.map((gap, i) => Math.sign(gap) * norms[i]!);
  const moved = weights.map((weight, i) => Math.max(weight - learningRate * gradients[i]!, LEAST));
  const sum = moved.reduce((total, weight) => total + weight, 0);
  return {
    relativeRates,
    targets,
    loss: gaps.reduce((total, gap) => total + Math.abs(gap), 0),
    gradients,
    weights: moved.map((weight) => (moved.length * weight) / sum),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
