import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';

/**
 * Multi-head self-attention over `[batch, tokens, width]`, written with matMul: the attention that the layers library
 * offers is made of operations without a gradient.
 */
export class SelfAttention extends layers.Layer {
  static className = 'SelfAttention';

  constructor(config) {
    super(config);
    this.heads = config.heads;
  }

  build([, , width]) {
    const weight = (name, shape, initializer) => this.addWeight(name, shape, 'float32', initializer);
    this.into = weight('into', [width, 3 * width], initializers.glorotUniform({}));
    this.intoBias = weight('into_bias', [3 * width], initializers.zeros());
    this.out = weight('out', [width, width], initializers.glorotUniform({}));
    this.outBias = weight('out_bias', [width], initializers.zeros());
    super.build();
  }

  computeOutputShape(shape) {
    return shape;
  }

  call(inputs) {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      const [batch, tokens, width] = x.shape;
      const each = width / this.heads;
      const all = tf.add(tf.matMul(tf.reshape(x, [-1, width]), this.into.read()), this.intoBias.read());
      const [query, key, value] = tf.unstack(tf.transpose(tf.reshape(all, [batch, tokens, 3, this.heads, each]), [2, 0, 3, 1, 4]));
      const scores = tf.softmax(tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(each)));
      const heard = tf.reshape(tf.transpose(tf.matMul(scores, value), [0, 2, 1, 3]), [-1, width]);
      return tf.reshape(tf.add(tf.matMul(heard, this.out.read()), this.outBias.read()), [batch, tokens, width]);
    });
  }

  getConfig() {
    return { ...super.getConfig(), heads: this.heads };
  }
}

/** A learned vector for each place, added. */
export class Places extends layers.Layer {
  static className = 'Places';

  build([, tokens, width]) {
    this.places = this.addWeight('places', [tokens, width], 'float32', initializers.randomNormal({ stddev: 0.02 }));
    super.build();
  }

  computeOutputShape(shape) {
    return shape;
  }

  call(inputs) {
    return tf.add(Array.isArray(inputs) ? inputs[0] : inputs, this.places.read());
  }
}

tf.serialization.registerClass(SelfAttention);
tf.serialization.registerClass(Places);
