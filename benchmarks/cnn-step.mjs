import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { startWasm } from '@kd/core';

export const about = 'a training step of a small convolutional network: wasm with kd’s kernels, against TensorFlow.js’s plain cpu backend';
export const goal = 'at least 150';

const BATCH = 128;
const QUICK_BATCH = 8;
const WASM_STEPS = 12;

/**
 * One training step (forward, softmax cross-entropy, all gradients) of a small convolutional network on images of
 * 28 by 28: wasm with the training kernels against TensorFlow.js's plain backend. The plain backend takes one step of
 * about a minute; `quick` lowers the batch of both.
 */
export async function run({ quick }) {
  const batch = quick ? QUICK_BATCH : BATCH;
  await startWasm();
  const wasm = await fastest('wasm', batch, WASM_STEPS);
  const cpu = await fastest('cpu', batch, 1);
  await tf.setBackend('wasm');
  if (Math.abs(wasm.loss - cpu.loss) > 1e-4) throw new Error(`The losses differ: ${wasm.loss} on wasm, ${cpu.loss} on cpu.`);
  const rows = [
    { label: `wasm with training kernels, batch ${batch}`, ms: wasm.ms },
    { label: `plain cpu backend, batch ${batch}`, ms: cpu.ms },
  ];
  const ratios = { 'cpu / wasm': cpu.ms / wasm.ms };
  return { rows, ratios };
}

async function fastest(backend, batch, steps) {
  await tf.setBackend(backend);
  const { compute, dispose } = network(batch);
  let ms = Infinity;
  let loss = Number.NaN;
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    const { value, grads } = tf.variableGrads(compute);
    loss = value.dataSync()[0];
    for (const gradient of Object.values(grads)) gradient.dataSync();
    ms = Math.min(ms, performance.now() - start);
    tf.dispose([value, grads]);
  }
  dispose();
  return { ms, loss };
}

/** Convolution 16, max pooling, convolution 32, dense 64, dense 10. */
function network(batch) {
  const weights = [[3, 3, 1, 16], [16], [3, 3, 16, 32], [32], [11 * 11 * 32, 64], [64], [64, 10], [10]]
    .map((shape, index) => tf.variable(tf.tidy(() => tf.randomUniform(shape, -0.1, 0.1, 'float32', index + 1))));
  const images = tf.randomUniform([batch, 28, 28, 1], 0, 1, 'float32', 9);
  const labels = tf.oneHot(tf.tensor1d(Array.from({ length: batch }, (_, index) => index % 10), 'int32'), 10);
  const compute = () => {
    let h = tf.relu(tf.add(tf.conv2d(images, weights[0], 1, 'valid'), weights[1]));
    h = tf.maxPool(h, 2, 2, 'valid');
    h = tf.relu(tf.add(tf.conv2d(h, weights[2], 1, 'valid'), weights[3]));
    h = tf.relu(tf.add(tf.matMul(tf.reshape(h, [batch, -1]), weights[4]), weights[5]));
    const logits = tf.add(tf.matMul(h, weights[6]), weights[7]);
    return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), -1)));
  };
  return { compute, dispose: () => tf.dispose([weights, images, labels]) };
}

if (process.argv[1]?.endsWith('cnn-step.mjs')) await run({ quick: process.argv.includes('--quick') });
