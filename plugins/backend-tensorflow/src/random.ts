import { add, tensor1d, tidy, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { RandomSource } from '@kd/core';
import { ATTRIBUTE, FLOAT, INT32 } from './binding/dtypes.ts';
import type { TensorflowBackend } from './kernel-backend.ts';

const ATTRIBUTES = [
  { name: 'dtype', type: ATTRIBUTE.TYPE!, value: FLOAT }, { name: 'T', type: ATTRIBUTE.TYPE!, value: INT32 }, { name: 'Tseed', type: ATTRIBUTE.TYPE!, value: INT32 },
];

/**
 * Random tensors by TensorFlow's stateless operations: the same key gives the same numbers, in a recording too. A purpose
 * asked for again draws others. XLA programs draw other numbers than operations that run one by one.
 */
export function keyedRandom(backend: TensorflowBackend, key: Tensor1D): RandomSource {
  return drawnByKey(backend, key, new Map());
}

/** @param asked how often each purpose was asked for before */
function drawnByKey(backend: TensorflowBackend, key: Tensor1D, asked: Map<string, number>): RandomSource {
  const draw = (operation: string, shape: readonly number[], purpose: string): Tensor => tidy(() => {
    const before = asked.get(purpose) ?? 0;
    asked.set(purpose, before + 1);
    const request = `${before} ${purpose}`;
    const seed = add(key, tensor1d([hashOf(request), hashOf(`${request} again`)], 'int32'));
    return backend.executeSingleOutput(operation, ATTRIBUTES, [tensor1d([...shape], 'int32'), seed]);
  });
  return {
    uniform: (shape, purpose) => draw('StatelessRandomUniform', shape, purpose),
    normal: (shape, purpose) => draw('StatelessRandomNormal', shape, purpose),
    fork: () => drawnByKey(backend, key, new Map(asked)),
  };
}

/** FNV-1a, as an int32. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
