import * as tf from '@tensorflow/tfjs-core';
import { logSoftmax, type View } from '@kd/core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** Log of a probability that is none, yet finite at every temperature. */
const NOTHING = -1e4;

/** A teacher's answer about some of the classes. */
export interface PartialAnswer {
  /** `[batch, classes of the view]` */
  readonly logits: Tensor2D;
  /** The classes that the teacher knows; undefined for all. */
  readonly view: View | undefined;
}

/**
 * The distribution over all classes that agrees best with every teacher on the classes that it knows:
 * `argmin_q Σ_i KL(p_i ‖ q seen by i)` (Vongkulbhisal et al., 2019), by the multiplicative fixed point
 * `q_c ← q_c · Σ_i p_i(g) / q(g) / Σ_i 1 / q(all that i knows)`, where g is the class of i that c belongs to; in log space.
 * Classes that no teacher knows get nothing. Teachers that share no class leave open how they compare.
 *
 * @returns log-probabilities `[batch, classes]`, constants
 */
export function jointEstimate(answers: readonly PartialAnswer[], classes: number, iterations: number): Tensor2D {
  const batch = answers[0]!.logits.shape[0];
  const teachers = answers.map(({ logits, view }) => ({ view, logProbabilities: logSoftmax(logits), covered: coveredBy(view, classes) }));
  const knownToSome = Array.from({ length: classes }, (_, c) => answers.some(({ view }) => !view || view.groups.some((members) => members.includes(c))));
  let estimate: Tensor2D = tf.zeros([batch, classes]);
  for (let i = 0; i < iterations; i++) {
    const ratios: Tensor[] = [];
    const masses: Tensor[] = [];
    for (const { view, logProbabilities, covered } of teachers) {
      const seen = view ? view.apply(estimate) : estimate;
      const ratio = tf.sub(logProbabilities, seen) as Tensor2D;
      ratios.push(view ? view.spread(ratio, NOTHING) : ratio);
      masses.push(tf.add(tf.neg(tf.logSumExp(seen, 1, true)), covered));
    }
    estimate = tf.add(estimate, tf.sub(overTeachers(ratios), overTeachers(masses)));
  }
  // A round keeps the estimate's scale, so it is made a distribution once.
  const left = tf.mul(estimate, tf.tensor1d(knownToSome.map(Number)));
  return tf.logSoftmax(tf.add(left, tf.tensor1d(knownToSome.map((known) => (known ? 0 : NOTHING))))) as Tensor2D;
}

function overTeachers(logs: readonly Tensor[]): Tensor {
  return logs.length === 1 ? logs[0]! : tf.logSumExp(tf.stack([...logs]), 0);
}

/** (Log of) how much of each class a teacher knows, `[1, classes]`. */
function coveredBy(view: View | undefined, classes: number): Tensor2D {
  return view ? view.spread(tf.zeros([1, view.to.classes.length]), NOTHING) : tf.zeros([1, classes]);
}
