import type { Tensor } from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layer } from './layers.ts';

/** One use of a layer in a model: a layer may be used several times. */
export interface LayerUse {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
}

/** What the outputs need, each use after those that it reads; the model's inputs are no uses. */
export function usesFor(outputs: readonly SymbolicTensor[]): readonly LayerUse[] {
  const uses: LayerUse[] = [];
  const seen = new Set<object>();
  const visit = ({ sourceLayer, nodeIndex }: SymbolicTensor): void => {
    const node = sourceLayer.inboundNodes[nodeIndex]!;
    if (seen.has(node)) return;
    seen.add(node);
    node.inputTensors.forEach(visit);
    if (sourceLayer.getClassName() !== 'InputLayer') uses.push({ layer: sourceLayer, inputs: node.inputTensors, outputs: node.outputTensors });
  };
  outputs.forEach(visit);
  return uses;
}

/** Computes the uses in order: each takes its inputs from `values` and leaves its outputs there, by tensor id. */
export function compute(uses: readonly LayerUse[], values: Map<number, Tensor>, training: boolean): void {
  for (const { layer, inputs, outputs } of uses) {
    const given = inputs.map(({ id }) => values.get(id)!);
    const made = layer.apply(given.length === 1 ? given[0]! : given, { training }) as Tensor | Tensor[];
    (Array.isArray(made) ? made : [made]).forEach((tensor, i) => values.set(outputs[i]!.id, tensor));
  }
}
