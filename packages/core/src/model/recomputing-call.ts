import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { compute, usesFor } from './layer-uses.ts';
import type { Layer } from './layers.ts';
import type { CallScope, Lending } from './lent-weights.ts';
import { notBefore, recomputed } from './recompute-segment.ts';
import { cutIntoSegments, type Segment } from './segments.ts';

/** A forward pass in training that keeps only what passes between segments. */
export interface RecomputingPass {
  /** Numbers that it holds at once for each row, about. */
  readonly heldPerRow: number;
  /** @param scope what the call under way lends to the layers */
  run(inputs: readonly Tensor[], scope: CallScope): readonly Tensor[];
}

/** How a model's training recomputes activations, or why it cannot. */
export function recomputingPass(model: LayersModel, outputs: readonly SymbolicTensor[], lending: Lending): RecomputingPass | { readonly why: string } {
  const uses = usesFor(outputs);
  const unfit = uses.map(({ layer }) => whyNot(layer)).find((why) => why !== undefined);
  if (unfit !== undefined) return { why: unfit };
  const cut = cutIntoSegments(uses, outputs);
  if (!cut) return { why: 'there is no layer that everything passes and where cutting would save memory' };
  return {
    heldPerRow: cut.heldPerRow,
    run(inputs, scope) {
      const given = model.inputs.map(({ id }, i): ById => [id, inputs[i]!]);
      const values = new Map(given);
      for (const segment of cut.segments) {
        if (!segment.to) compute(segment.uses, values, true);
        else values.set(segment.to.id, recomputeSegment(segment, values, given, scope, lending));
      }
      return outputs.map(({ id }) => values.get(id)!);
    },
  };
}

/** The value of a symbolic tensor. */
type ById = readonly [id: number, value: Tensor];

function recomputeSegment({ uses, from, to }: Segment, values: ReadonlyMap<number, Tensor>, inputs: readonly ById[], scope: CallScope, lending: Lending): Tensor {
  // The second pass draws the numbers of the first. What it writes, e.g. batch-norm averages, the first has written.
  const random = scope.random?.fork();
  const variables = new Set(uses.flatMap(({ layer }) => layer.trainableWeights));
  const weights = [...variables].flatMap((variable) => scope.weights.get(variable) ?? []);
  const run = (start: Tensor | undefined, inner: readonly ById[]): Tensor => {
    const own = new Map(inner);
    if (from && start) own.set(from.id, start);
    compute(uses, own, true);
    return own.get(to!.id)!;
  };
  const again = (start: Tensor | undefined, after: Tensor): Tensor => {
    const second: CallScope = { weights: scope.weights, updates: new Map(), random: random?.fork() };
    try {
      const delayed = start && notBefore(start, after);
      return lending.within(second, () => run(delayed, delayed ? inputs : inputs.map(([id, tensor]): ById => [id, notBefore(tensor, after)])));
    } finally {
      for (const written of second.updates.values()) written.dispose();
    }
  };
  return recomputed((start) => run(start, inputs), again, from && values.get(from.id), weights);
}

function whyNot(layer: Layer): string | undefined {
  const { name, stateful, maskZero } = layer as Layer & { readonly maskZero?: boolean };
  if (stateful) return `layer '${name}' keeps a state from call to call`;
  return maskZero || layer.getClassName() === 'Masking' ? `layer '${name}' hides parts of its input from later layers` : undefined;
}
