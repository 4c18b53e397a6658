import type { OnnxGraph } from './graph.ts';
import type { Value } from './value.ts';

/** `[batch, steps, …]` with the last step first. What is turned twice stays as it was. */
export function reversed(graph: OnnxGraph, value: Value): Value {
  const turn = [graph.ints([-1]), graph.ints([Number.MIN_SAFE_INTEGER]), graph.ints([1]), graph.ints([-1])];
  const before = graph.producer(value, 'Slice');
  return before && turn.every((input, i) => before.inputs[i + 1] === input) ? before.inputs[0]! : graph.add('Slice', [value, ...turn]);
}
