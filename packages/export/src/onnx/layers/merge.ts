import type { OnnxGraph } from '../graph.ts';
import { unsupported, type LayerCall, type LayerWriter } from '../layer-call.ts';
import { transpose } from '../transpose.ts';
import type { Value } from '../value.ts';

/** Inputs with fewer axes get theirs after the batch, as TensorFlow.js does it. */
function alike({ graph, inputs, inputShapes }: LayerCall): Value[] {
  const rank = Math.max(...inputShapes.map((shape) => shape.length));
  return inputs.map((value, i) => {
    const missing = rank - inputShapes[i]!.length;
    return missing > 0 ? graph.add('Unsqueeze', [value, graph.ints(Array.from({ length: missing }, (_, axis) => axis + 1))]) : value;
  });
}

const fold = (graph: OnnxGraph, op: string, values: readonly Value[]): Value => values.reduce((sum, value) => graph.add(op, [sum, value]));
const merged = (op: string): LayerWriter => (call) => fold(call.graph, op, alike(call));
const average: LayerWriter = (call) => call.graph.add('Mul', [fold(call.graph, 'Add', alike(call)), call.graph.scalar(1 / call.inputs.length)]);
const concatenate: LayerWriter = ({ graph, inputs, config }) => graph.add('Concat', inputs, { attributes: { axis: config['axis'] as number } });

/** Of each sample, over one axis of either side; a side without other axes is a column there. */
const dot: LayerWriter = (call) => {
  const { graph, config, inputs, inputShapes } = call;
  const ranks = inputShapes.map((shape) => shape.length);
  const given = config['axes'] as number | readonly number[];
  const axes = ranks.map((rank, side) => ((typeof given === 'number' ? given : given[side]!) + rank) % rank);
  if (axes.includes(0)) unsupported(call, 'it multiplies over the batch');
  const sides = inputs.map((value, side) => (config['normalize'] ? normalized(graph, value, axes[side]!) : value));
  if (ranks[0] === 2 && ranks[1] === 2) return sumOver(graph, graph.add('Mul', sides), 1, 1);
  const [left, right] = sides.map((value, side) => (ranks[side] === 2 ? graph.add('Unsqueeze', [value, graph.ints([2])]) : value));
  const product = graph.add('MatMul', [
    axes[0] === 2 ? left : transpose(graph, left!, [0, 2, 1]),
    axes[1] === 2 ? transpose(graph, right!, [0, 2, 1]) : right,
  ]);
  if (ranks[0] === ranks[1]) return product;
  return graph.add('Squeeze', [product, graph.ints([ranks[0] === 2 ? 1 : 2])]);
};

const sumOver = (graph: OnnxGraph, value: Value, axis: number, keep: 0 | 1): Value => graph.add('ReduceSum', [value, graph.ints([axis])], { attributes: { keepdims: keep } });

function normalized(graph: OnnxGraph, value: Value, axis: number): Value {
  const squares = sumOver(graph, graph.add('Mul', [value, value]), axis, 1);
  return graph.add('Div', [value, graph.add('Sqrt', [graph.add('Max', [squares, graph.scalar(1e-7)])])]);
}

export const mergeLayers: Readonly<Record<string, LayerWriter>> = {
  Add: merged('Add'),
  Multiply: merged('Mul'),
  Maximum: merged('Max'),
  Minimum: merged('Min'),
  Average: average,
  Concatenate: concatenate,
  Dot: dot,
};
