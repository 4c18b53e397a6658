import { Tensor } from '@tensorflow/tfjs-core';
import type { Optimizer, OptimizerOutput } from '../step/optimizers/optimizer.ts';
import { finiteKnobs, kindOf, type Refuse } from './refuse.ts';

/** The same optimizer; what it gives is checked, for TensorFlow.js would fail later and name neither it nor the slot. */
export function checkedOptimizer(optimizer: Optimizer, refuse: Refuse): Optimizer {
  const { name, slots, elementwise } = optimizer;
  return {
    name, slots,
    ...(elementwise === undefined ? {} : { elementwise }),
    ...(optimizer.initialSlot && { initialSlot: (slot, weight) => firstSlot(optimizer.initialSlot!(slot, weight), slot, weight, elementwise ?? false, refuse) }),
    ...(optimizer.knobs && { knobs: (step) => finiteKnobs(optimizer.knobs!(step), step, refuse) }),
    update: (input) => {
      const given = optimizer.update(input);
      expectUpdate(given, { weight: input.weight, slots: input.slots }, refuse);
      return given;
    },
  };
}

function firstSlot(made: unknown, slot: string, weight: Tensor, asTheWeight: boolean, refuse: Refuse): Tensor {
  if (!(made instanceof Tensor)) return refuse(`initialSlot gave ${kindOf(made)} for the slot '${slot}', expected a tensor`);
  if (asTheWeight && !sameShape(made, weight)) refuse(`it is elementwise, but initialSlot gave the slot '${slot}' the shape ${shapeOf(made)}, expected the weight's ${shapeOf(weight)}`);
  return made;
}

function expectUpdate(given: unknown, before: OptimizerOutput, refuse: Refuse): void {
  const { weight, slots } = Object(given) as Partial<Record<keyof OptimizerOutput, unknown>>;
  expectLike('the weight', weight, before.weight, refuse);
  const named = Object(slots) as Readonly<Record<string, unknown>>;
  for (const slot in before.slots) expectLike(`the slot '${slot}'`, named[slot], before.slots[slot]!, refuse);
  const unknown = Object.keys(named).find((slot) => !(slot in before.slots));
  if (unknown !== undefined) refuse(`update gave a slot '${unknown}', which its list \`slots\` does not have`);
}

function expectLike(what: string, given: unknown, before: Tensor, refuse: Refuse): void {
  if (!(given instanceof Tensor)) refuse(`update gave ${kindOf(given)} for ${what}, expected a tensor of shape ${shapeOf(before)}`);
  else if (!sameShape(given, before)) refuse(`update gave ${what} the shape ${shapeOf(given)}, expected ${shapeOf(before)}`);
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.rank === b.rank && a.shape.every((size, i) => size === b.shape[i]);
}

function shapeOf({ shape }: Tensor): string {
  return `[${shape.join(', ')}]`;
}
