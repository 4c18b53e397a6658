import { unsupported, type LayerCall } from './layer-call.ts';
import { elementwise } from './transpose.ts';
import type { OnnxGraph } from './graph.ts';
import type { Value } from './value.ts';

type Activation = (graph: OnnxGraph, x: Value) => Value;

const named = (op: string): Activation => (graph, x) => graph.add(op, [x]);
const gated = (graph: OnnxGraph, x: Value, gate: Value): Value => graph.add('Mul', [x, gate]);

/** Those that look at one number at a time, by the names that TensorFlow.js gives them. */
const activations: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  elu: named('Elu'),
  selu: named('Selu'),
  relu: named('Relu'),
  relu6: (graph, x) => graph.add('Clip', [x, graph.scalar(0), graph.scalar(6)]),
  sigmoid: named('Sigmoid'),
  hardSigmoid: (graph, x) => graph.add('HardSigmoid', [x], { attributes: { alpha: { float: 0.2 }, beta: { float: 0.5 } } }),
  softplus: named('Softplus'),
  softsign: named('Softsign'),
  tanh: named('Tanh'),
  swish: (graph, x) => gated(graph, x, graph.add('Sigmoid', [x])),
  mish: (graph, x) => gated(graph, x, graph.add('Tanh', [graph.add('Softplus', [x])])),
  gelu: (graph, x) => {
    const erf = graph.add('Erf', [graph.add('Div', [x, graph.scalar(Math.SQRT2)])]);
    return gated(graph, x, graph.add('Mul', [graph.add('Add', [erf, graph.scalar(1)]), graph.scalar(0.5)]));
  },
  gelu_new: (graph, x) => {
    const cube = graph.add('Mul', [graph.add('Mul', [x, x]), x]);
    const inside = graph.add('Add', [x, graph.add('Mul', [cube, graph.scalar(0.044715)])]);
    const tanh = graph.add('Tanh', [graph.add('Mul', [inside, graph.scalar(Math.sqrt(2 / Math.PI))])]);
    return gated(graph, x, graph.add('Mul', [graph.add('Add', [tanh, graph.scalar(1)]), graph.scalar(0.5)]));
  },
};

const acrossLastAxis: Readonly<Record<string, string>> = { softmax: 'Softmax', logSoftmax: 'LogSoftmax' };

/**
 * What an activation gives, by its name in the layer's config; a layer without one is linear.
 *
 * @throws KD_EXPORT_UNSUPPORTED
 */
export function activate(call: LayerCall, x: Value, name: unknown = call.config['activation'], graph: OnnxGraph = call.graph): Value {
  const activation = typeof name === 'string' ? name : 'linear';
  const across = acrossLastAxis[activation];
  if (across) return graph.add(across, [x], { attributes: { axis: -1 } });
  const apply = activations[activation];
  if (!apply) unsupported(call, `its activation '${activation}' has no counterpart`);
  return elementwise(graph, x, (value) => apply(graph, value));
}
