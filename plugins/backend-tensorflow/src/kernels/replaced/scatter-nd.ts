import { backend_util, reshape, tensor1d, type KernelConfig, type ScatterNdAttrs, type Tensor } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Indices of one axis may come as a plain list, which TensorFlow takes for one index of many axes. */
export const scatterNd: KernelConfig = kernel<'indices' | 'updates', ScatterNdAttrs>('ScatterNd', ({ inputs: { indices, updates }, attrs: { shape }, backend }) => {
  const { sliceRank, numUpdates } = backend_util.calculateShapes(updates, indices, shape);
  const rows = reshape(indices as Tensor, [numUpdates, sliceRank]);
  const values = reshape(updates as Tensor, [numUpdates, ...shape.slice(sliceRank)]);
  return backend.executeSingleOutput('ScatterNd', types({ T: updates.dtype, Tindices: 'int32' }), [rows, values, tensor1d(shape, 'int32')]);
});
