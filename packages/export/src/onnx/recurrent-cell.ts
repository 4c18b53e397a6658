import { activate } from './activation.ts';
import type { OnnxGraph } from './graph.ts';
import type { Layer, LayerCall } from './layer-call.ts';
import type { Value } from './value.ts';

/** A recurrent layer with what it computes in a step. */
export interface Cell {
  readonly layer: Layer;
  readonly config: Readonly<Record<string, unknown>>;
  readonly units: number;
}

/** One step: what comes in, and the states before it, give the states after it; the first of them is the output. */
export type Step = (graph: OnnxGraph, x: Value, states: readonly Value[]) => readonly Value[];

/** A recurrent layer's steps, node by node, for what ONNX's own operators do not compute. */
export function stepOf(call: LayerCall, { layer, config, units }: Cell): Step {
  const [kernel, recurrent, bias] = call.weights(layer);
  const put = (name: string, { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array }): Value => call.weight(`${name}_of_a_step`, shape, data, layer);
  const [input, before, added] = [put('kernel', kernel!), put('recurrent_kernel', recurrent!), bias && put('bias', bias)];
  const product = (graph: OnnxGraph, left: Value, right: Value): Value => graph.add('MatMul', [left, right]);
  const sum = (graph: OnnxGraph, left: Value, right: Value): Value => graph.add('Add', [left, right]);
  const times = (graph: OnnxGraph, left: Value, right: Value): Value => graph.add('Mul', [left, right]);
  const fromInput = (graph: OnnxGraph, x: Value): Value => (added ? sum(graph, product(graph, x, input), added) : product(graph, x, input));
  const parts = (graph: OnnxGraph, value: Value, lengths: readonly number[]): Value[] => graph.addMany('Split', [value, graph.ints(lengths)], lengths.length, { attributes: { axis: -1 } });
  const bend = (graph: OnnxGraph, value: Value): Value => activate(call, value, config['activation'], graph);
  const gate = (graph: OnnxGraph, value: Value): Value => activate(call, value, config['recurrentActivation'], graph);

  const simple: Step = (graph, x, [h]) => [bend(graph, sum(graph, fromInput(graph, x), product(graph, h!, before)))];

  const gru: Step = (graph, x, [h]) => {
    const [xz, xr, xh] = parts(graph, fromInput(graph, x), [units, units, units]);
    const [gates, candidate] = parts(graph, before, [2 * units, units]);
    const [hz, hr] = parts(graph, product(graph, h!, gates!), [units, units]);
    const z = gate(graph, sum(graph, xz!, hz!));
    const r = gate(graph, sum(graph, xr!, hr!));
    const next = bend(graph, sum(graph, xh!, product(graph, times(graph, r, h!), candidate!)));
    return [sum(graph, times(graph, z, h!), times(graph, graph.add('Sub', [graph.scalar(1), z]), next))];
  };

  const lstm: Step = (graph, x, [h, c]) => {
    const [i, f, g, o] = parts(graph, sum(graph, fromInput(graph, x), product(graph, h!, before)), [units, units, units, units]);
    const carried = sum(graph, times(graph, gate(graph, f!), c!), times(graph, gate(graph, i!), bend(graph, g!)));
    return [times(graph, gate(graph, o!), bend(graph, carried)), carried];
  };

  return { SimpleRNN: simple, GRU: gru, LSTM: lstm }[layer.getClassName()]!;
}
