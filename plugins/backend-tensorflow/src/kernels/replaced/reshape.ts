import { engine, tensor1d, util, type DataValues, type KernelConfig, type ReshapeAttrs } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Values that are still on the host need no operation: they are the same in any shape. */
export const reshape: KernelConfig = kernel<'x', ReshapeAttrs>('Reshape', ({ inputs: { x }, attrs: { shape }, backend }) => {
  const { values } = backend.tensorMap.get(x.dataId);
  if (values && fits(shape, x.shape)) return engine().makeTensor(values as DataValues, shape, x.dtype);
  return backend.executeSingleOutput('Reshape', types({ T: x.dtype, Tshape: 'int32' }), [x, tensor1d(shape, 'int32')]);
});

/** A shape that leaves a length open, and one of another size, are TensorFlow's to judge. */
function fits(wanted: number[], shape: number[]): boolean {
  return !wanted.includes(-1) && util.sizeFromShape(wanted) === util.sizeFromShape(shape);
}
