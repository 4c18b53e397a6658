import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { withLazyGradients } from './lazy-gradients.ts';
import { listOf, lstmSlopes, lstmStep, stepsIn, type LstmGate, type LstmStep } from './lstm-step.ts';

/** Input gate, forget gate, candidate and output gate lie side by side. */
export interface LstmWeights {
  /** `[features, 4 · units]` */
  readonly kernel: Tensor2D;
  /** `[units, 4 · units]` */
  readonly recurrentKernel: Tensor2D;
  /** `[4 · units]`; 0 where there is none */
  readonly bias: Tensor1D | undefined;
}

export interface LstmOptions {
  readonly gate: LstmGate;
  /** Gives the hidden states of all steps, not of the last alone. */
  readonly sequences: boolean;
  /** Begins with the last step. The states come in the order in which they were reached. */
  readonly backwards: boolean;
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; the forget gate by Gers et al., 2000) from a state of 0:
 * `cell = forget · cell + input · tanh(z)`, `hidden = output · tanh(cell)`. It is one operation on the tape, in less than
 * half of the backend's calls that TensorFlow.js's layer and its gradient take.
 *
 * @param x `[batch, time, features]`, float32, at least one step
 * @returns `[batch, units]`, or `[batch, time, units]`
 */
export function lstm(x: Tensor3D, { kernel, recurrentKernel, bias }: LstmWeights, { gate, sequences, backwards }: LstmOptions): Tensor {
  const [batch, time] = x.shape;
  const units = recurrentKernel.shape[0];
  const weights = byRows(kernel, recurrentKernel, bias ?? tf.zeros([4 * units]));
  const inOrder = <T>(steps: T[]): T[] => (backwards ? steps.reverse() : steps);

  return withLazyGradients({ x, weights }, (save) => {
    const ones: Tensor2D = tf.ones([1, batch]);
    const steps: LstmStep[] = [];
    const states: Tensor2D[] = [];
    let hidden: Tensor2D = tf.zeros([units, batch]);
    let cell: Tensor2D | undefined;
    for (const input of inOrder(toRows(x))) {
      const step = tf.tidy(() => {
        const { hidden: state, ...all } = lstmStep(weights, tf.concat([input, hidden, ones]), cell, gate);
        return { hidden: state, cell: all.cell, kept: save ? [all] : [] };
      });
      steps.push(...step.kept);
      ({ hidden, cell } = step);
      states.push(hidden);
    }
    save?.([weights, ...listOf(steps)]);
    return sequences ? fromRows(states) : tf.transpose(hidden);
  }, (dy, saved) => {
    const [lent, ...list] = saved as Tensor2D[];
    const steps = stepsIn(list);
    const wanted = sequences ? toRows(dy as Tensor3D) : [...Array<undefined>(time - 1), tf.transpose(dy as Tensor2D)];
    const before = backThroughTime(steps, lent!, wanted, gate);
    return {
      x: () => {
        const ofInputs = tf.slice(lent!, [0, 0], [-1, x.shape[2]]);
        return fromRows(inOrder(before.map((dz) => tf.matMul(ofInputs, dz, true))));
      },
      weights: () => sumOfProducts(before, steps),
    };
  });
}

/**
 * Only what needs the step after it is done here, step by step; the weights' gradient has no part in that.
 *
 * @param wanted the gradients of the hidden states, `[units, batch]`, where they have any beside the steps after them
 * @returns the gradient of every step's product with the weights, `[4 · units, batch]`
 */
function backThroughTime(steps: readonly LstmStep[], weights: Tensor2D, wanted: readonly (Tensor2D | undefined)[], gate: LstmGate): Tensor2D[] {
  const units = weights.shape[0] / 4;
  const ofStates = tf.transpose(tf.slice(weights, [0, weights.shape[1] - 1 - units], [-1, units]));
  const products: Tensor2D[] = [];
  let hidden = wanted.at(-1)!;
  let cell: Tensor2D | undefined;
  for (let t = steps.length - 1; t >= 0; t--) {
    const [product, ...before] = tf.tidy(() => {
      const slopes = lstmSlopes(steps[t]!, steps[t - 1]?.cell, gate);
      const shown: Tensor2D = tf.mul(hidden, slopes.ofCell);
      const whole: Tensor2D = cell ? tf.add(cell, shown) : shown;
      const ofProduct = tf.concat([whole, whole, hidden, whole].map((of, i): Tensor2D => tf.mul(of, slopes.ofProduct[i]!)));
      if (t === 0) return [ofProduct];
      const handed = tf.matMul(ofStates, ofProduct);
      const own = wanted[t - 1];
      return [ofProduct, own ? tf.add<Tensor2D>(handed, own) : handed, tf.mul<Tensor2D>(whole, slopes.ofBefore)];
    });
    products.unshift(product!);
    if (before.length > 0) [hidden, cell] = before as [Tensor2D, Tensor2D];
  }
  return products;
}

/** The gradient of the weights. A product a step and its sum stay in the cache; one product of all steps joined takes longer. */
function sumOfProducts(products: readonly Tensor2D[], steps: readonly LstmStep[]): Tensor2D {
  let sum: Tensor2D | undefined;
  for (const [t, { given }] of steps.entries()) {
    sum = tf.tidy(() => {
      const own: Tensor2D = tf.matMul(products[t]!, given, false, true);
      return sum ? tf.add<Tensor2D>(sum, own) : own;
    });
  }
  return sum!;
}

/** All weights by rows, the candidate's last: `[4 · units, features + units + 1]` */
function byRows(kernel: Tensor2D, recurrentKernel: Tensor2D, bias: Tensor1D): Tensor2D {
  const all = tf.transpose(tf.concat([kernel, recurrentKernel, tf.reshape(bias, [1, -1])]));
  const [input, forget, candidate, output] = tf.split(all, 4) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
  return tf.concat([input, forget, output, candidate]);
}

/** `[batch, time, width]` as `[width, batch]` for every step. */
function toRows(sequences: Tensor3D): Tensor2D[] {
  const [batch, time, width] = sequences.shape;
  return tf.split(tf.transpose(tf.reshape(sequences, [batch, time * width])), time) as Tensor2D[];
}

/** The way back. */
function fromRows(steps: readonly Tensor2D[]): Tensor3D {
  const [width, batch] = steps[0]!.shape;
  return tf.reshape(tf.transpose(tf.concat([...steps])), [batch, steps.length, width]);
}
