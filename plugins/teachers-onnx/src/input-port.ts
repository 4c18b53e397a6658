import { kdError } from '@kd/core';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { INPUT_TYPES } from './element-types.ts';

/** An input of a model. */
export interface InputPort {
  readonly name: string;
  /** ONNX Runtime's name of its type. */
  readonly type: Tensor.Type;
  /** Of one sample; null where any length fits; undefined where the model does not say. */
  readonly shape: readonly (number | null)[] | undefined;
  /** The only size of a batch that it takes; undefined where any does. */
  readonly batch: number | undefined;
}

/** What the model says of an input. @throws KD_MODEL_INVALID for what kd's data cannot be, such as a text */
export function inputPort(file: string, metadata: InferenceSession.ValueMetadata): InputPort {
  const { name } = metadata;
  if (!metadata.isTensor || !INPUT_TYPES.has(metadata.type)) {
    throw kdError('KD_MODEL_INVALID', { file, problem: `its input '${name}' is ${metadata.isTensor ? metadata.type : 'no tensor'}, expected one of ${[...INPUT_TYPES.keys()].join(', ')}` });
  }
  // Without a shape of its own a model gives an empty one.
  const [batch, ...lengths] = metadata.shape;
  return {
    name,
    type: metadata.type,
    batch: typeof batch === 'number' ? batch : undefined,
    shape: batch === undefined ? undefined : lengths.map((length) => (typeof length === 'number' ? length : null)),
  };
}
