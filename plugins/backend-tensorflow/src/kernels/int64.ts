import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Attribute } from '../binding/attributes.ts';
import { INT64 } from '../binding/dtypes.ts';
import type { TensorflowBackend } from '../kernel-backend.ts';

/** An int32 tensor that an operation wants as int64. */
export interface Int64 {
  readonly int64: TensorInfo;
}

export function int64(tensor: TensorInfo): Int64 {
  return { int64: tensor };
}

/** Runs an operation some of whose inputs are int64, a type that TensorFlow.js does not have. */
export function executeInt64(backend: TensorflowBackend, name: string, attributes: readonly Attribute[], inputs: readonly (TensorInfo | Int64)[], outputs: number): Tensor[] {
  const { runtime } = backend;
  const casts: number[] = [];
  try {
    const ids = inputs.map((input) => {
      if (!('int64' in input)) return backend.idsOf([input])[0]!;
      const { id } = runtime.cast(backend.idsOf([input.int64])[0]!, backend.getDTypeInteger(input.int64.dtype), INT64);
      casts.push(id);
      return id;
    });
    return runtime.execute(name, attributes, ids, outputs).map((made) => backend.createOutputTensor(made));
  } finally {
    for (const id of casts) runtime.handles.delete(id);
  }
}
