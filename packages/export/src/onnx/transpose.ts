import type { OnnxGraph } from './graph.ts';
import type { Value } from './value.ts';

/** A transpose of a transpose is one, or none: what stands between two convolutions is written without any. */
export function transpose(graph: OnnxGraph, value: Value, order: readonly number[]): Value {
  if (order.every((axis, i) => axis === i)) return value;
  const before = graph.producer(value, 'Transpose');
  if (!before) return graph.add('Transpose', [value], { attributes: { perm: order } });
  const first = before.attributes['perm'] as readonly number[];
  return transpose(graph, before.inputs[0]!, order.map((axis) => first[axis]!));
}

/** Does to a value what is done to each of its numbers. It goes before a transpose, so that this meets the next one. */
export function elementwise(graph: OnnxGraph, value: Value, apply: (value: Value) => Value): Value {
  const before = graph.producer(value, 'Transpose');
  return before ? transpose(graph, apply(before.inputs[0]!), before.attributes['perm'] as readonly number[]) : apply(value);
}

/** Moves the channels, the last axis, to where ONNX has them. */
export const channelsFirst = (rank: number): number[] => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];

/** And back. */
export const channelsLast = (rank: number): number[] => [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
