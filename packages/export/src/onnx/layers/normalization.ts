import type { LayerCall, LayerWriter, Weight } from '../layer-call.ts';
import { transpose } from '../transpose.ts';
import type { Value } from '../value.ts';

const filled = (length: number, value: number): Weight => ({ shape: [length], data: new Float32Array(length).fill(value) });
const epsilonOf = ({ config }: LayerCall): number => config['epsilon'] as number;

/** As it is after training: with the means and variances that were gathered. */
const batchNormalization: LayerWriter = (call) => {
  const { graph, config, inputShapes: [shape] } = call;
  const rank = shape!.length;
  const axis = ((config['axis'] as number) + rank) % rank;
  const weights = [...call.weights()];
  const variance = weights.pop()!;
  const mean = weights.pop()!;
  const gamma = config['scale'] ? weights.shift()! : filled(mean.data.length, 1);
  const beta = config['center'] ? weights.shift()! : filled(mean.data.length, 0);
  const named = Object.entries({ gamma, beta, moving_mean: mean, moving_variance: variance }).map(([name, weight]) => call.weight(name, weight.shape, weight.data));
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
  // ONNX has the normalised axis second.
  const order = [others[0]!, axis, ...others.slice(1)];
  const back = order.map((_, i) => order.indexOf(i));
  const normal = graph.add('BatchNormalization', [transpose(graph, call.inputs[0]!, order), ...named], { attributes: { epsilon: { float: epsilonOf(call) } } });
  return transpose(graph, normal, back);
};

const layerNormalization: LayerWriter = (call) => {
  const { graph, config, inputs: [x], inputShapes: [shape] } = call;
  const rank = shape!.length;
  const axes = [config['axis']].flat().map((axis) => ((axis as number) + rank) % rank);
  // Scales and offsets come in the order of the axes, and must stand where these are.
  const broadcast = shape!.map((length, axis) => (axes.includes(axis) ? length! : 1));
  const weights = [...call.weights()];
  const gamma = config['scale'] ? weights.shift() : undefined;
  const beta = config['center'] ? weights.shift() : undefined;
  const mean = (value: Value): Value => graph.add('ReduceMean', [value], { attributes: { axes, keepdims: 1 } });
  const centred = graph.add('Sub', [x, mean(x!)]);
  const deviation = graph.add('Sqrt', [graph.add('Add', [mean(graph.add('Mul', [centred, centred])), graph.scalar(epsilonOf(call))])]);
  const normal = graph.add('Div', [centred, deviation]);
  const scaled = gamma ? graph.add('Mul', [normal, call.weight('gamma', broadcast, gamma.data)]) : normal;
  return beta ? graph.add('Add', [scaled, call.weight('beta', broadcast, beta.data)]) : scaled;
};

export const normalizationLayers: Readonly<Record<string, LayerWriter>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
};
