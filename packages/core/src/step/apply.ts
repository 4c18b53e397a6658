import * as tf from '@tensorflow/tfjs-core';
import { joined, parted } from '../tensor/joined.ts';
import { under, type NamedTensors } from '../tensor/named-tensors.ts';
import type { Optimizer, OptimizerInput, OptimizerOutput } from './optimizers/optimizer.ts';

/** Elements that are updated together. To update so few is less work than to start the optimizer's operations. */
const FEW = 8192;

/**
 * The optimizer's half of the step. Consumes the old state and the gradients: each weight's old tensors are disposed as
 * soon as its new ones are there, so that no more than one weight's temporaries are alive at a time. Small weights are
 * updated a few together, as one vector, where the optimizer moves each element by itself.
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
  for (const names of groupsOf(optimizer, gradients)) {
    const shapes = names.map((name) => state[name]!.shape);
    const consumed: NamedTensors = { weight: joined(names.map((name) => state[name]!)), gradient: joined(names.map((name) => gradients[name]!)) };
    const slots: NamedTensors = {};
    for (const slot of optimizer.slots) slots[slot] = consumed[`slot/${slot}`] = joined(names.map((name) => state[slotName(slot, name)]!));
    const input: OptimizerInput = { name: names[0]!, weight: consumed['weight']!, gradient: consumed['gradient']!, slots, knobs: own };
    const result = tf.tidy(() => optimizer.update(input) as unknown as tf.TensorContainer) as unknown as OptimizerOutput;
    const fresh = new Set([result.weight, ...Object.values(result.slots)]);
    for (const key in consumed) if (!fresh.has(consumed[key]!)) consumed[key]!.dispose();
    parted(result.weight, shapes).forEach((weight, i) => (next[names[i]!] = weight));
    for (const slot of optimizer.slots) parted(result.slots[slot]!, shapes).forEach((values, i) => (next[slotName(slot, names[i]!)] = values));
  }
  for (const name in updates) {
    state[name]!.dispose();
    next[name] = updates[name]!;
  }
  return next;
}

/** Which weights are updated together. */
function groupsOf({ elementwise }: Optimizer, gradients: Readonly<NamedTensors>): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let together: string[] = [];
  let room = 0;
  for (const name in gradients) {
    const { size } = gradients[name]!;
    if (!elementwise || size > FEW) {
      groups.push([name]);
      continue;
    }
    if (size > room) {
      groups.push((together = []));
      room = FEW;
    }
    together.push(name);
    room -= size;
  }
  return groups;
}

/** Where a weight's slot lives in the state. */
export function slotName(slot: string, weight: string): string {
  return `optimizer/${slot}/${weight}`;
}
