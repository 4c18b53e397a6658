import { UnsortedSegmentSum } from '@tensorflow/tfjs-core';
import type { UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import { sizeOfShape } from '../../tensor/size-of-shape.ts';
import { sizeOf } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * Adds up the slices of `x` that carry the same segment id: the gradient of a gather, hence of an embedding.
 * One pass over `x`, so a large vocabulary costs no more than clearing the result. Ids outside
 * `[0, numSegments)` are left out.
 */
export const unsortedSegmentSum: TrainingKernel = trainingKernel<'x' | 'segmentIds', UnsortedSegmentSumAttrs>(
  UnsortedSegmentSum,
  () => ({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) => {
    const sliceShape = x.shape.slice(segmentIds.shape.length);
    const slice = sizeOfShape(sliceShape);
    const sums = backend.makeOutput([numSegments, ...sliceShape], x.dtype);
    const from = backend.typedArrayFromHeap(x);
    const ids = backend.typedArrayFromHeap(segmentIds);
    const to = backend.typedArrayFromHeap(sums);
    to.fill(0);
    const count = sizeOf(segmentIds);
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      if (id < 0 || id >= numSegments) continue;
      const target = id * slice;
      const source = row * slice;
      for (let i = 0; i < slice; i++) to[target + i] = to[target + i]! + from[source + i]!;
    }
    return sums;
  },
);
