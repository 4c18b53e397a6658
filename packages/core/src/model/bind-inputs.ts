import * as tf from '@tensorflow/tfjs-core';
import { sizeOf, type InputSpec } from '../data/dataset.ts';
import { kdError } from '../errors/kd-error.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { sizeOfShape } from '../tensor/size-of-shape.ts';
import type { ModelInput } from './model.ts';

/** Turns a batch of the data's inputs into a model's own inputs. */
export type BoundInputs = (batch: Readonly<NamedTensors>) => NamedTensors;

/** A model's own preparation of its inputs, e.g. its normalisation: a pure function of tensors by input name. */
export type Preprocess = (inputs: NamedTensors) => NamedTensors;

/**
 * Finds for each of a model's inputs the data's input that it reads: the one named in `names` at its place, the one of
 * the same name, or the only one there is.
 *
 * @param names the data's inputs in the order of the model's, where their names differ
 * @throws KD_DATA_INPUT_MISSING
 */
export function inputSources(who: string, wanted: readonly ModelInput[], data: Readonly<Record<string, InputSpec>>, names?: readonly string[]): readonly string[] {
  const known = Object.keys(data);
  return wanted.map(({ name }, i) => {
    const source = names?.[i] ?? (known.includes(name) ? name : known.length === 1 && wanted.length === 1 ? known[0]! : name);
    if (!known.includes(source)) throw kdError('KD_DATA_INPUT_MISSING', { who, input: source, known });
    return source;
  });
}

/** Binds a model's inputs to those of {@link inputSources}. Shapes of equal size are reshaped. */
export function bindInputs(who: string, wanted: readonly ModelInput[], data: Readonly<Record<string, InputSpec>>, names?: readonly string[], preprocess?: Preprocess): BoundInputs {
  const sources = inputSources(who, wanted, data, names);
  if (!preprocess) wanted.forEach((input, i) => expectShape(who, sources[i]!, input, data[sources[i]!]!));
  return (batch) => {
    const read = preprocess ? preprocess({ ...batch }) : batch;
    const bound: NamedTensors = {};
    wanted.forEach(({ name, shape, dtype }, i) => {
      const tensor = read[sources[i]!] ?? read[name];
      if (!tensor) throw kdError('KD_DATA_INPUT_MISSING', { who, input: name, known: Object.keys(read) });
      const received = tensor.shape.slice(1);
      // What is prepared is known only here.
      if (preprocess) expectShape(who, sources[i]!, wanted[i]!, { shape: received, dtype });
      const fixed = shape.every((dimension) => dimension !== null);
      const shaped = fixed && !sameShape(received, shape) ? tf.reshape(tensor, [tensor.shape[0]!, ...(shape as number[])]) : tensor;
      bound[name] = shaped.dtype === dtype ? shaped : tf.cast(shaped, dtype);
    });
    return bound;
  };
}

function expectShape(who: string, input: string, { shape }: ModelInput, spec: InputSpec): void {
  const fits = shape.length === spec.shape.length && shape.every((dimension, i) => dimension === null || dimension === spec.shape[i]);
  const sameSize = shape.every((dimension) => dimension !== null) && sizeOfShape(shape as number[]) === sizeOf(spec);
  if (!fits && !sameSize) throw kdError('KD_DATA_INPUT_SHAPE', { who, input, expected: shape, received: spec.shape });
}

function sameShape(a: readonly number[], b: readonly (number | null)[]): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}
