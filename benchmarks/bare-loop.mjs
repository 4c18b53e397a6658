import * as tf from '@tensorflow/tfjs-core';
import { createStep, eagerRandom } from '@kd/core';

const knob = (value) => tf.scalar(value);

/** The loop that somebody would write by hand over the same step: batches, gradients, optimizer, the loss read back. */
export async function bareLoop({ resolved, model, objective, inputs, data, source }, { batchSize, steps }) {
  const start = performance.now();
  const { dataset } = data;
  const { optimizer, learningRate } = resolved.training;
  const step = createStep({ student: model, objective, optimizer, random: resolved.random, samples: dataset.size });
  let { state } = step.initial();
  const fixed = { alpha: knob(objective.soft.length > 0 ? 0.5 : 1), learningRate: knob(learningRate) };
  for (const { name } of objective.hard) fixed[`count/${name}`] = knob(batchSize);
  for (const { name } of objective.soft) Object.assign(fixed, { [`count/${name}`]: knob(batchSize), [`trust/${name}`]: knob(1) });
  const order = resolved.random.stream('order').permutation(dataset.size);
  for (let at = 0; at < steps; at++) {
    const rows = Int32Array.from({ length: batchSize }, (_, i) => order[(at * batchSize + i) % dataset.size]);
    const images = new Float32Array(batchSize * 784);
    dataset.read('image', rows, images);
    const raw = { image: tf.tensor(images, [batchSize, ...dataset.inputs.image.shape]) };
    const bound = tf.tidy(() => inputs(raw));
    const tensors = { rows: tf.tensor1d(rows, 'int32'), 'labels/digit': tf.tensor1d(Int32Array.from(rows, (row) => data.labels.digit[row]), 'int32') };
    for (const name in bound) tensors[`inputs/${name}`] = bound[name];
    if (source) for (const [name, tensor] of Object.entries(await source.signals(rows, {}))) tensors[`signals/${name}`] = tensor;
    const changing = Object.fromEntries(Object.entries(optimizer.knobs?.(at + 1) ?? {}).map(([name, value]) => [`optimizer/${name}`, knob(value)]));
    const whole = [0, batchSize];
    const { gradients, updates, stats } = step.differentiate(state, { layout: { rows: batchSize, labelled: whole, transfer: whole }, tensors }, fixed, () => eagerRandom(resolved.random, at));
    if (!Number.isFinite((await stats.data())[0])) throw new Error('The loss is no number.');
    stats.dispose();
    state = step.apply(state, gradients, updates, { ...fixed, ...changing });
    tf.dispose([tensors, changing, raw]);
  }
  const ms = (performance.now() - start) / steps;
  tf.dispose([state, fixed]);
  return ms;
}
