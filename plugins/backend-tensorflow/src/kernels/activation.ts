import { add, elu, leakyRelu, prelu, relu, relu6, sigmoid, tanh, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** What a fused kernel does after its main operation. */
export interface Fused {
  readonly activation?: string | null | undefined;
  readonly leakyreluAlpha?: number | undefined;
}

/** Adds the bias where there is one, then applies the activation. */
export function biasAndActivation(x: Tensor, bias: TensorInfo | undefined, prelus: TensorInfo | undefined, { activation, leakyreluAlpha = 0.2 }: Fused): Tensor {
  const biased = bias ? add(x, bias as Tensor) : x;
  switch (activation ?? 'linear') {
    case 'linear': return biased;
    case 'relu': return relu(biased);
    case 'relu6': return relu6(biased);
    case 'elu': return elu(biased);
    case 'sigmoid': return sigmoid(biased);
    case 'tanh': return tanh(biased);
    case 'prelu': return prelu(biased, prelus as Tensor);
    case 'leakyrelu': return leakyRelu(biased, leakyreluAlpha);
    default: throw new Error(`The tensorflow backend has no activation '${activation}'.`);
  }
}
