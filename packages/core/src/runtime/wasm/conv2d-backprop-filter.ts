import { Conv2DBackpropFilter } from '@tensorflow/tfjs-core';
import type { Conv2DBackpropFilterAttrs } from '@tensorflow/tfjs-core';
import { convolutionShape } from './convolution-shape.ts';
import { floats, makeFloats, makeZeros, product, release, reshaped, rowsOf } from './kernel-calls.ts';
import { blocksOfRows, gatherPatches, patchSize } from './patches.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * Gradient of a convolution with respect to its filter: patches of the input times the gradient of the output,
 * block by block, so that the patches never leave the cache.
 */
export const conv2dBackpropFilter: TrainingKernel = trainingKernel<'x' | 'dy', Conv2DBackpropFilterAttrs>(
  Conv2DBackpropFilter,
  () => ({ inputs: { x, dy }, attrs, backend }) => {
    const shape = convolutionShape(x.shape, attrs.filterShape, attrs);
    const { outWidth, outChannels } = shape;
    const blocks = blocksOfRows(shape);
    const size = patchSize(shape);
    const gradients = reshaped(dy, [shape.batchSize * shape.outHeight * outWidth, outChannels]);
    const patches = makeFloats(backend, [size * (blocks[0]?.count ?? 0) * outWidth]);
    const sum = makeZeros(backend, [...attrs.filterShape]);
    for (const rows of blocks) {
      const positions = rows.count * outWidth;
      gatherPatches(shape, rows, floats(backend, x), floats(backend, patches));
      const gradient = rowsOf(backend, gradients, rows.begin * outWidth, positions);
      const part = product(backend, reshaped(patches, [size, positions]), gradient);
      addTo(floats(backend, sum), floats(backend, part));
      release(backend, gradient, part);
    }
    release(backend, patches);
    return sum;
  },
);

function addTo(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + part[i]!;
}
