import { activate } from '../activation.ts';
import { unsupported, type LayerCall, type LayerWriter } from '../layer-call.ts';
import { elementwise } from '../transpose.ts';
import type { Value } from '../value.ts';

/** A number of the layer's config. */
const option = ({ config }: LayerCall, name: string, otherwise: number): number => (typeof config[name] === 'number' ? config[name] : otherwise);

const prelu: LayerWriter = (call) => {
  const [alpha] = call.weights();
  return call.graph.add('PRelu', [call.inputs[0], call.weight('alpha', alpha!.shape, alpha!.data)]);
};

const relu: LayerWriter = ({ graph, inputs: [x], config }) =>
  elementwise(graph, x!, (value) => (typeof config['maxValue'] === 'number' ? graph.add('Clip', [value, graph.scalar(0), graph.scalar(config['maxValue'])]) : graph.add('Relu', [value])));

const softmax: LayerWriter = (call) => {
  const { graph, inputs: [x], config } = call;
  const scores = call.mask ? graph.add('Add', [x, penalties(call, call.mask)]) : x!;
  const axes = [config['axis']].flat() as number[];
  if (axes.length === 1) return graph.add('Softmax', [scores], { attributes: { axis: axes[0]! } });
  const total = graph.add('ReduceLogSumExp', [scores], { attributes: { axes, keepdims: 1 } });
  return graph.add('Exp', [graph.add('Sub', [scores, total])]);
};

/** What a mask leaves out gets next to no share. */
function penalties(call: LayerCall, mask: Value | 'unclear'): Value {
  if (mask === 'unclear') unsupported(call, 'it is given a mask that went through a layer that merges');
  const { graph } = call;
  return graph.add('Mul', [graph.add('Sub', [graph.scalar(1), graph.add('Cast', [mask], { attributes: { to: 1 }, type: 'float32' })]), graph.scalar(-1e9)]);
}

export const activationLayers: Readonly<Record<string, LayerWriter>> = {
  Activation: (call) => activate(call, call.inputs[0]!),
  ReLU: relu,
  LeakyReLU: (call) => elementwise(call.graph, call.inputs[0]!, (value) => call.graph.add('LeakyRelu', [value], { attributes: { alpha: { float: option(call, 'alpha', 0.3) } } })),
  ELU: (call) => activate(call, call.inputs[0]!, 'elu'),
  ThresholdedReLU: (call) => elementwise(call.graph, call.inputs[0]!, (value) => call.graph.add('ThresholdedRelu', [value], { attributes: { alpha: { float: option(call, 'theta', 1) } } })),
  PReLU: prelu,
  Softmax: softmax,
};
