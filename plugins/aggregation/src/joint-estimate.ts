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
  const teachers = answers.map(({ logits, view }) => ({ view, logProbabilities: logSoftmax(logits), ...placesOf(view, logits.shape[1]) }));
  const knownToSome = Array.from({ length: classes }, (_, c) => answers.some(({ view }) => !view || view.classOf[c]! >= 0));
  let estimate: Tensor2D = tf.zeros([batch, classes]);
  for (let i = 0; i < iterations; i++) {
    const ratios: Tensor[] = [];
    const masses: Tensor[] = [];
    for (const { view, logProbabilities, places, covered } of teachers) {
      const seen = view ? view.apply(estimate) : estimate;
      ratios.push(spread(tf.sub(logProbabilities, seen), places));
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

/** For each class where in the teacher's answer it is found, and 0 or (log) nothing for whether it is. */
function placesOf(view: View | undefined, known: number): { readonly places: Tensor | undefined; readonly covered: Tensor } {
  if (!view) return { places: undefined, covered: tf.zeros([known]) };
  return {
    places: tf.tensor1d(view.classOf.map((place) => (place < 0 ? known : place)), 'int32'),
    covered: tf.tensor1d(Float32Array.from(view.classOf, (place) => (place < 0 ? NOTHING : 0))),
  };
}

function spread(answer: Tensor, places: Tensor | undefined): Tensor {
  return places ? tf.gather(tf.pad(answer, [[0, 0], [0, 1]], NOTHING), places, 1) : answer;
}
