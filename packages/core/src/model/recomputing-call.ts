import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { CallScope } from './layers-model.ts';
import { compute, usesFor, type Layer } from './layer-uses.ts';
import { notBefore, recomputed } from './recompute-segment.ts';
import { cutIntoSegments, type Segment } from './segments.ts';

/** A forward pass in training that keeps only what passes between segments. */
export interface RecomputingPass {
  readonly heldPerRow: number;
  /**
   * @param scope what the call lends to the layers
   * @param within runs a part of the model with another scope in place
   */
  run(inputs: readonly Tensor[], scope: CallScope, within: <T>(scope: CallScope, body: () => T) => T): readonly Tensor[];
}

/** How a model's training recomputes activations, or why it cannot. */
export function recomputingPass(model: LayersModel, outputs: readonly SymbolicTensor[]): RecomputingPass | { readonly why: string } {
  const uses = usesFor(outputs);
  const unfit = uses.map(({ layer }) => whyNot(layer)).find((why) => why !== undefined);
  if (unfit !== undefined) return { why: unfit };
  const cut = cutIntoSegments(uses, outputs);
  if (!cut) return { why: 'there is no layer that everything passes and where cutting would save memory' };
  return {
    heldPerRow: cut.heldPerRow,
    run(inputs, scope, within) {
      const given = model.inputs.map(({ id }, i) => [id, inputs[i]!] as const);
      const values = new Map(given);
      for (const segment of cut.segments) {
        if (!segment.to) compute(segment.uses, values, true);
        else values.set(segment.to.id, recomputeSegment(segment, values, given, scope, within));
      }
      return outputs.map(({ id }) => values.get(id)!);
    },
  };
}

function recomputeSegment({ uses, from, to }: Segment, values: ReadonlyMap<number, Tensor>, inputs: readonly (readonly [id: number, Tensor])[], scope: CallScope, within: <T>(scope: CallScope, body: () => T) => T): Tensor {
  // The second pass draws the numbers of the first. What it writes, e.g. batch-norm averages, the first has written.
  const random = scope.random?.fork();
  const variables = new Set(uses.flatMap(({ layer }) => layer.trainableWeights));
  const weights = [...variables].flatMap((variable) => scope.weights.get(variable) ?? []);
  const run = (start: Tensor | undefined, inner: readonly (readonly [id: number, Tensor])[]): Tensor => {
    const own = new Map(inner);
    if (from && start) own.set(from.id, start);
    compute(uses, own, true);
    return own.get(to!.id)!;
  };
  const again = (start: Tensor | undefined, after: Tensor): Tensor => {
    const second: CallScope = { weights: scope.weights, updates: new Map(), random: random?.fork() };
    try {
      const delayed = start && notBefore(start, after);
      return within(second, () => run(delayed, delayed ? inputs : inputs.map(([id, tensor]) => [id, notBefore(tensor, after)] as const)));
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
