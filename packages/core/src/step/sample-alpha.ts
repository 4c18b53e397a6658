import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { targetOf, type Target } from '../knowledge/target.ts';
import type { View } from '../labels/view.ts';
import type { Objective } from '../objective/objective.ts';
import type { Batch } from './batch.ts';
import type { PreparedTerm } from './term-input.ts';

/**
 * One α a sample, from schedulers that set it so, before the gradient tape opens. They see the first head's labels and the
 * targets of granularities with all of its classes, in its order.
 *
 * @returns `[batch]`, or undefined where the scheduler sets one α for all
 */
export function sampleAlpha({ alpha, heads }: Objective, prepared: readonly PreparedTerm[], batch: Batch, current: Scalar): Tensor1D | undefined {
  if (!alpha.perSample) return undefined;
  const { space } = heads[0]!;
  const targets: Record<string, Target> = {};
  for (const { term, signals, aggregate } of prepared) {
    if (!aggregate || !term.granularity.full || term.head.space !== space) continue;
    // A top-k teacher that speaks alone is compared in classes of its own; its spread answer is in the granularity's.
    const target = signals.sparse ? targetOf(signals.signals[0]!.logits) : aggregate.target;
    targets[term.name] = inOrderOf(term.granularity.view, target);
  }
  return alpha.perSample({ labels: batch.tensors[`labels/${space.name}`] as Tensor1D, targets, alpha: current });
}

/** The target with the columns in the order of the classes that the view is made of, one by one. */
function inOrderOf(view: View, target: Target): Target {
  if (view.isIdentity) return target;
  const reorder = (columns: Tensor2D): Tensor2D => tf.gather(columns, tf.tensor1d(view.classOf, 'int32'), 1);
  return {
    logits: () => reorder(target.logits()),
    logProbabilities: (temperature) => reorder(target.logProbabilities(temperature)),
    probabilities: (temperature) => reorder(target.probabilities(temperature)),
  };
}
