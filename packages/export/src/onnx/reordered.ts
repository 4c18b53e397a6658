import type { Weight } from './layer-call.ts';

/** A weight with its axes in another order: axis `i` of what comes is axis `order[i]` of what was. */
export function reordered({ shape, data }: Weight, order: readonly number[]): Weight {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const target = order.map((axis) => shape[axis]!);
  const result = new Float32Array(data.length);
  const index = target.map(() => 0);
  for (let at = 0; at < result.length; at++) {
    result[at] = data[index.reduce((sum, i, axis) => sum + i * strides[order[axis]!]!, 0)]!;
    for (let axis = index.length - 1; axis >= 0 && ++index[axis]! === target[axis]; axis--) index[axis] = 0;
  }
  return { shape: target, data: result };
}
