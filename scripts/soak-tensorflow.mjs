// Many operations and many compiled steps on TensorFlow, for the night: what is held and the process's memory must stay
// flat. `node scripts/soak-tensorflow.mjs [operations] [steps]`, after `pnpm build`.
import * as tf from '@tensorflow/tfjs-core';
import { tensorflow } from '../plugins/backend-tensorflow/dist/index.js';

const [operations = 100_000, steps = 2000] = process.argv.slice(2).map(Number);
const MiB = 2 ** 20;
const mostGrowth = 32 * MiB;

const backend = tensorflow.create({ xla: false, eager: false, impure: 'eager' }, { base: process.cwd() });
await backend.start();

const matrix = tf.ones([64, 64]);
/** Fourteen operations of all kinds. @param {number} i */
const mix = (i) => tf.tidy(() => {
  const product = tf.matMul(matrix, tf.tensor2d(new Float32Array(64 * 64).fill(i), [64, 64]));
  const parts = tf.split(tf.softmax(tf.add(product, tf.ones([64]))), 4, 1);
  tf.topk(tf.reshape(tf.stack(parts), [64, 64]), 3);
  const [a, b, c, d] = /** @type {[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]} */ (parts);
  tf.real(tf.mul(tf.complex(a, b), tf.complex(c, d)));
  tf.string.stringSplit(tf.tensor1d([`a text of more than 22 bytes that is number ${i}`], 'string'), ' ');
});

const step = backend.compile?.('step', (inputs) => {
  const { weights, x } = /** @type {{ weights: tf.Tensor2D, x: tf.Tensor2D }} */ (inputs);
  const y = tf.relu(tf.matMul(x, weights));
  return { weights: tf.sub(weights, tf.mul(tf.mean(y), 1e-3)), loss: tf.mean(y) };
});
/** @type {tf.Tensor} */
let weights = tf.ones([256, 256]);
const train = () => {
  const x = tf.ones([128, 256]);
  const after = /** @type {{ weights: tf.Tensor, loss: tf.Tensor }} */ (step?.({ weights, x }));
  tf.dispose([weights, x, after.loss]);
  weights = after.weights;
};

/** @param {string} what @param {number} times @param {(i: number) => void} run @returns {boolean} whether all stayed flat */
function soak(what, times, run) {
  for (let i = 0; i < times / 10; i++) run(i);
  const before = { tensors: backend.memory().tensors, rss: process.memoryUsage.rss() };
  const start = performance.now();
  for (let i = 0; i < times; i++) run(i);
  const seconds = (performance.now() - start) / 1000;
  const grown = process.memoryUsage.rss() - before.rss;
  const more = backend.memory().tensors - before.tensors;
  console.log(`${what}: ${times} in ${seconds.toFixed(1)} s, ${more} more tensors, ${(grown / MiB).toFixed(1)} MiB more memory`);
  return more === 0 && grown < mostGrowth;
}

const flat = [soak('rounds of 14 operations', Math.ceil(operations / 14), mix), soak('compiled steps', steps, train)];
process.exitCode = flat.every(Boolean) ? 0 : 1;
