import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { kdError } from '../errors/kd-error.ts';
import type { Layer } from './layers.ts';

/** Which uses of its layers belong to a model. */
interface Graph {
  readonly containerNodes: ReadonlySet<string>;
}

/** What an output, or a layer, of that name gives; undefined when there is none. */
export function findOutput(model: LayersModel, name: string): SymbolicTensor | undefined {
  const output = model.outputs.find(({ sourceLayer }) => sourceLayer.name === name);
  if (output) return output;
  const layer = model.layers.find((candidate) => candidate.name === name);
  return layer && outputOf(layer, model);
}

/** As {@link findOutput}. @throws KD_LAYER_UNKNOWN */
export function expectOutput(model: LayersModel, name: string): SymbolicTensor {
  const found = findOutput(model, name);
  if (!found) throw kdError('KD_LAYER_UNKNOWN', { who: `Model '${model.name}'`, layer: name, known: model.layers.map((layer) => layer.name) });
  return found;
}

/** A layer that is used several times gives what its last use in this model gives. */
function outputOf(layer: Layer, model: LayersModel): SymbolicTensor {
  // A sequential model keeps its graph in a model of its own.
  const graph = model as unknown as { readonly model?: Graph } & Graph;
  const nodes = (graph.model ?? graph).containerNodes;
  let last = layer.inboundNodes.length - 1;
  while (last > 0 && !nodes.has(`${layer.name}_ib-${last}`)) last--;
  return layer.getOutputAt(last) as SymbolicTensor;
}
