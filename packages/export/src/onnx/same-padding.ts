import { unsupported, type LayerCall } from './layer-call.ts';
import type { Attribute } from './value.ts';

/** How a window moves over the axes between batch and channels. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
}

/**
 * The padding of TensorFlow's `same` and `valid`, as attributes of a node: of `same`, as much that every stride has its
 * window, and where it is odd, more at the end.
 *
 * @param lengths of the axes; `null` where free
 * @throws KD_EXPORT_UNSUPPORTED
 */
export function paddingOf(call: LayerCall, lengths: readonly (number | null)[], { kernel, strides, dilations }: Window): Readonly<Record<string, Attribute>> {
  if (call.config['padding'] !== 'same') return {};
  refuseGaps(call, kernel, strides);
  if (lengths.some((length) => length === null)) return { auto_pad: 'SAME_UPPER' };
  const totals = lengths.map((length, i) => {
    const stride = strides[i]!;
    const reach = (kernel[i]! - 1) * (dilations?.[i] ?? 1) + 1;
    return Math.max((Math.ceil(length! / stride) - 1) * stride + reach - length!, 0);
  });
  return { pads: [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))] };
}

/** Where windows leave gaps between them, TensorFlow.js puts those with three axes elsewhere than TensorFlow does. */
export function refuseGaps(call: LayerCall, kernel: readonly number[], strides: readonly number[]): void {
  if (kernel.length === 3 && kernel.some((length, i) => length < strides[i]!)) unsupported(call, "its padding is 'same' and its strides are longer than its window, which TensorFlow.js computes in a way of its own");
}
