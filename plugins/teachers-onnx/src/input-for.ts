import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { kdError, type NamedTensors } from '@kd/core';
import type { InputPort } from './input-port.ts';

/** How an input finds its data. */
export interface Binding {
  /** The data's input that the options name for it. */
  readonly named: string | undefined;
  /** The model has this input alone. */
  readonly only: boolean;
}

/**
 * The data that an input reads, in the shape that it wants: the input of the data that is named for it, that has its
 * name, or the only one. Channels, which TensorFlow.js has last, come first where the model wants them there; flat
 * samples and axes of length 1 are reshaped.
 *
 * @throws KD_DATA_INPUT_MISSING, KD_DATA_INPUT_SHAPE
 */
export function inputFor(who: string, { name, shape }: InputPort, batch: Readonly<NamedTensors>, { named, only }: Binding): Tensor {
  const known = Object.keys(batch);
  const source = named ?? (known.includes(name) || known.length > 1 || !only ? name : known[0]!);
  const tensor = Object.hasOwn(batch, source) ? batch[source] : undefined;
  if (!tensor) throw kdError('KD_DATA_INPUT_MISSING', { who, input: source, known });
  const [rows, ...received] = tensor.shape as [number, ...number[]];
  if (!shape || fits(received, shape)) return tensor;
  const last = received.length;
  if (last > 1 && fits([received.at(-1)!, ...received.slice(0, -1)], shape)) {
    return tf.transpose(tensor, [0, last, ...received.slice(0, -1).map((_, axis) => axis + 1)]);
  }
  const lengths = shape.filter((length) => length !== null);
  const sameSize = lengths.length === shape.length && sizeOf(lengths) === sizeOf(received);
  const reshapable = sameSize && (received.length === 1 || shape.length === 1 || withoutOnes(lengths) === withoutOnes(received));
  if (!reshapable) throw kdError('KD_DATA_INPUT_SHAPE', { who, input: source, expected: shape, received });
  return tf.reshape(tensor, [rows, ...lengths]);
}

function fits(received: readonly number[], shape: readonly (number | null)[]): boolean {
  return received.length === shape.length && shape.every((length, axis) => length === null || length === received[axis]);
}

function sizeOf(lengths: readonly number[]): number {
  return lengths.reduce((size, length) => size * length, 1);
}

function withoutOnes(lengths: readonly number[]): string {
  return lengths.filter((length) => length !== 1).join();
}
