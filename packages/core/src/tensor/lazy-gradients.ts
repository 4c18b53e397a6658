import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

type Save = (tensors: Tensor[]) => void;
type Gradients<Name extends string> = Readonly<Record<Name, () => Tensor>>;

/** What `customGrad` is made of; that one computes the gradients of all inputs. */
interface Engine {
  runKernelFunc(operation: {
    readonly inputs: NamedTensorMap;
    readonly forwardFunc: (backend: unknown, save: Save) => Tensor;
    readonly backwardsFunc: (dy: Tensor, saved: Tensor[]) => Gradients<string>;
  }): Tensor;
}

/**
 * An operation with gradients of its own, of which only those are computed that the tape follows.
 *
 * @param inputs all that have a gradient
 * @param compute is given `save`, for what the gradients need, where there is a tape
 * @param gradients what they share is computed at once, the rest when it is called, and freed after it
 */
export function withLazyGradients<Name extends string>(
  inputs: Readonly<Record<Name, Tensor>>,
  compute: (save: Save | undefined) => Tensor,
  gradients: (dy: Tensor, saved: Tensor[]) => Gradients<Name>,
): Tensor {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  const followed = gradientDepth > 0 && kernelDepth === 0;
  return (tf.engine() as unknown as Engine).runKernelFunc({ inputs, forwardFunc: (_, save) => compute(followed ? save : undefined), backwardsFunc: gradients });
}
