import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initializers, input, layers, model, sequential, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Self-attention written with `matMul`: the layers library's own cannot be trained. `[batch, tokens, width]` → the same. */
class SelfAttention extends layers.Layer {
  static className = 'SelfAttention';
  readonly #width: number;

  constructor(width: number) {
    super({});
    this.#width = width;
  }

  override build(): void {
    for (const name of ['query', 'key', 'value']) this.addWeight(name, [this.#width, this.#width], 'float32', initializers.glorotUniform({ seed: 3 }));
    this.built = true;
  }

  override computeOutputShape(shape: number[]): number[] {
    return shape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const [, tokens, width] = x.shape as [number, number, number];
      const [q, k, v] = this.weights.map((weight) => tf.reshape(tf.matMul(tf.reshape(x, [-1, width]), weight.read() as tf.Tensor2D), [-1, tokens, width]));
      const shares = tf.softmax(tf.div(tf.matMul(q!, k!, false, true), Math.sqrt(width)));
      return tf.add(x, tf.matMul(shares, v!));
    });
  }
}

export interface StudentCase {
  readonly build: () => LayersModel;
  /** Shape of one input. */
  readonly shape: readonly number[];
  /** Inputs are whole numbers below this. */
  readonly words?: number;
}

const dense = (units: number): ReturnType<typeof layers.dense> => layers.dense({ units });

/** One student of each kind whose training is different for a runtime. */
export const students: Readonly<Record<string, StudentCase>> = {
  'an MLP with dropout': { shape: [12], build: () => sequential({ layers: [layers.dense({ units: 16, activation: 'relu', inputShape: [12] }), layers.dropout({ rate: 0.3 }), dense(4)] }) },
  'a CNN': { shape: [10, 10, 2], build: () => sequential({ layers: [layers.conv2d({ inputShape: [10, 10, 2], filters: 4, kernelSize: 3, activation: 'relu' }), layers.maxPooling2d({ poolSize: 2 }), layers.conv2d({ filters: 6, kernelSize: 2, padding: 'same' }), layers.flatten(), dense(4)] }) },
  'a separable CNN with batch norm': { shape: [8, 8, 3], build: () => sequential({ layers: [layers.separableConv2d({ inputShape: [8, 8, 3], filters: 6, kernelSize: 3, padding: 'same' }), layers.batchNormalization(), layers.reLU(), layers.depthwiseConv2d({ kernelSize: 3, strides: 2 }), layers.batchNormalization(), layers.globalAveragePooling2d({}), dense(4)] }) },
  'a CNN of dilated convolutions, channels first between them': {
    shape: [10, 10, 2],
    build: () => sequential({ layers: [
      layers.conv2d({ inputShape: [10, 10, 2], filters: 4, kernelSize: 3, dilationRate: 2, activation: 'relu' }), layers.permute({ dims: [3, 1, 2] }), layers.batchNormalization({ axis: 1 }),
      layers.thresholdedReLU({ theta: 0.1 }), layers.flatten(), dense(4),
    ] }),
  },
  'an LSTM': { shape: [5, 3], build: () => sequential({ layers: [layers.lstm({ units: 6, inputShape: [5, 3] }), dense(4)] }) },
  'a bidirectional LSTM before another': { shape: [5, 3], build: () => sequential({ layers: [layers.bidirectional({ layer: layers.lstm({ units: 4, returnSequences: true, recurrentActivation: 'sigmoid' }) as never, inputShape: [5, 3], mergeMode: 'concat' }), layers.lstm({ units: 4, useBias: false }), dense(4)] }) },
  'a bidirectional GRU': { shape: [5, 3], build: () => sequential({ layers: [layers.bidirectional({ layer: layers.gru({ units: 4 }) as never, inputShape: [5, 3], mergeMode: 'concat' }), dense(4)] }) },
  'an embedding with attention and layer norm': {
    shape: [6], words: 20,
    build: () => {
      const words = input({ shape: [6] });
      let x = layers.embedding({ inputDim: 20, outputDim: 8 }).apply(words);
      x = new SelfAttention(8).apply(x);
      x = layers.layerNormalization().apply(x);
      x = layers.globalAveragePooling1d({}).apply(x);
      return model({ inputs: words, outputs: dense(4).apply(x) as SymbolicTensor });
    },
  },
};
