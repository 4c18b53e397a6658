import { VIEWS } from '../binding/views.ts';

/** What one operation of a recording reads and makes, by the numbers of its tensors. */
export interface Use {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/**
 * The most bytes that the operations hold at once when they run in this order, beside arguments and captured tensors. A
 * value is freed after its last use; results stay. What a kernel needs for itself is not known here.
 */
export function peakBytesOf(uses: readonly Use[], bytesOf: (tensor: number) => number, results: readonly number[]): number {
  const source = new Map<number, number>();
  const own = (tensor: number): number => source.get(tensor) ?? tensor;
  for (const { name, inputs, outputs } of uses) if (VIEWS.has(name)) source.set(outputs[0]!, own(inputs[0]!));
  const lastUse = new Map<number, number>();
  uses.forEach(({ inputs, outputs }, at) => [...inputs, ...outputs].forEach((tensor) => lastUse.set(own(tensor), at)));
  for (const tensor of results) lastUse.set(own(tensor), uses.length);
  const held = new Map<number, number>();
  let bytes = 0;
  let peak = 0;
  uses.forEach(({ inputs, outputs }, at) => {
    for (const tensor of outputs) {
      if (own(tensor) !== tensor) continue;
      held.set(tensor, bytesOf(tensor));
      bytes += bytesOf(tensor);
    }
    peak = Math.max(peak, bytes);
    for (const tensor of new Set([...inputs, ...outputs].map(own))) {
      if (lastUse.get(tensor) !== at) continue;
      bytes -= held.get(tensor) ?? 0;
      held.delete(tensor);
    }
  });
  return peak;
}
