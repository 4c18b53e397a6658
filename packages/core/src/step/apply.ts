import * as tf from '@tensorflow/tfjs-core';
import { under, type NamedTensors } from '../tensor/named-tensors.ts';
import type { Optimizer } from './optimizers/optimizer.ts';

/**
 * The optimizer's half of the step. Consumes the old state and the gradients: each weight's old tensors are disposed as
 * soon as its new ones are there, so that no more than one weight's temporaries are alive at a time.
 *
 * @param state trainable tensors, other tensors, and slots under `optimizer/<slot>/<weight>`
 * @param updates new values of state that changes without a gradient
 * @param knobs scalars: `learningRate`, `optimizer/<name>`
 */
export function apply(
  optimizer: Optimizer,
  state: Readonly<NamedTensors>,
  gradients: Readonly<NamedTensors>,
  updates: Readonly<NamedTensors>,
  knobs: Readonly<NamedTensors>,
): NamedTensors {
  const next: NamedTensors = { ...state };
  const own = { ...under(knobs, 'optimizer'), learningRate: knobs['learningRate']! };
  for (const name in gradients) {
    const consumed: NamedTensors = { weight: state[name]!, gradient: gradients[name]! };
    const slots: NamedTensors = {};
    for (const slot of optimizer.slots) slots[slot] = consumed[`slot/${slot}`] = state[slotName(slot, name)]!;
    const result = tf.tidy(() => optimizer.update({ name, weight: state[name]!, gradient: gradients[name]!, slots, knobs: own }) as unknown as tf.TensorContainer) as unknown as ReturnType<Optimizer['update']>;
    const fresh = new Set([result.weight, ...Object.values(result.slots)]);
    for (const key in consumed) if (!fresh.has(consumed[key]!)) consumed[key]!.dispose();
    next[name] = result.weight;
    for (const slot of optimizer.slots) next[slotName(slot, name)] = result.slots[slot]!;
  }
  for (const name in updates) {
    state[name]!.dispose();
    next[name] = updates[name]!;
  }
  return next;
}

/** Where a weight's slot lives in the state. */
export function slotName(slot: string, weight: string): string {
  return `optimizer/${slot}/${weight}`;
}
