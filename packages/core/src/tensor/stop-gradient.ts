import { engine, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The same values as a constant: no gradient flows through the result. Costs nothing, for both tensors share one buffer.
 *
 * TensorFlow.js has no such operation; a tensor that the gradient tape has not seen is one.
 */
export function stopGradient<T extends Tensor>(tensor: T): T {
  const { dataId, shape, dtype } = tensor;
  engine().backend.incRef(dataId);
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype }) as T;
}
