import { engine, tensor1d, util, type DataValues, type KernelConfig, type ReshapeAttrs } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Values that are still on the host need no operation: they are the same in any shape. */
export const reshape: KernelConfig = kernel<'x', ReshapeAttrs>('Reshape', ({ inputs: { x }, attrs: { shape }, backend }) => {
  const { values } = backend.tensorMap.get(x.dataId);
  if (values && fits(shape, x.shape)) return engine().makeTensor(values as DataValues, shape, x.dtype);
  return backend.executeSingleOutput('Reshape', types({ T: x.dtype, Tshape: 'int32' }), [x, tensor1d(shape, 'int32')]);
});

function fits(wanted: readonly number[], shape: number[]): boolean {
  return wanted.every((length) => length >= 0) && wanted.reduce((product, length) => product * length, 1) === util.sizeFromShape(shape);
}
