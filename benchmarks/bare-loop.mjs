import * as tf from '@tensorflow/tfjs-core';
import { compiledStep, createStep, eagerRandom, ReusedArrays, sizeOf } from '@kd/core';

const knob = (value) => tf.scalar(value);

/**
 * The loop that somebody would write by hand over the same step: batches, gradients, optimizer, the loss read back.
 *
 * @param backend its `compile` makes one native call of a step; without it a step runs one operation at a time. Where it
 *   runs ahead, the next step is begun meanwhile
 * @returns `step()`, which takes the next batch and gives its loss
 */
export function openLoop({ resolved, model, objective, inputs, data, source }, { batchSize, backend = {} }) {
  const { dataset } = data;
  const { optimizer, learningRate } = resolved.training;
  const plain = createStep({ student: model, objective, optimizer, random: resolved.random, samples: dataset.size });
  const random = backend.random ? (knobs) => backend.random(knobs.random) : undefined;
  const step = backend.compile ? compiledStep(plain, backend.compile, random) : plain;
  let { state } = plain.initial();
  const fixed = { alpha: knob(objective.soft.length > 0 ? 0.5 : 1), learningRate: knob(learningRate) };
  for (const { name } of objective.hard) fixed[`count/${name}`] = knob(batchSize);
  for (const { name } of objective.soft) fixed[`count/${name}`] = knob(batchSize);
  const order = resolved.random.stream('order').permutation(dataset.size);
  const { shape } = dataset.inputs.image;
  // Both backends copy what a tensor is made of.
  const images = new Float32Array(batchSize * sizeOf(dataset.inputs.image));
  const arrays = new ReusedArrays();
  let at = 0;
  const batchAt = async (step) => {
    const rows = Int32Array.from({ length: batchSize }, (_, i) => order[(step * batchSize + i) % dataset.size]);
    dataset.read('image', rows, images);
    const raw = { image: tf.tensor(images, [batchSize, ...shape]) };
    const bound = tf.tidy(() => inputs(raw));
    const tensors = { rows: tf.tensor1d(rows, 'int32'), 'labels/digit': tf.tensor1d(Int32Array.from(rows, (row) => data.labels.digit[row]), 'int32') };
    for (const name in bound) tensors[`inputs/${name}`] = bound[name];
    if (source) for (const [name, tensor] of Object.entries(await source.signals(rows, {}, arrays))) tensors[`signals/${name}`] = tensor;
    return { raw, tensors };
  };
  /** Takes a step from a state; it may still run. */
  const begin = async (state, number) => {
    const { raw, tensors } = await batchAt(number);
    const changing = Object.fromEntries(Object.entries(optimizer.knobs?.(number + 1) ?? {}).map(([name, value]) => [`optimizer/${name}`, knob(value)]));
    if (random) changing.random = tf.tensor1d([number, 0], 'int32');
    const whole = [0, batchSize];
    const taken = step.take(state, { layout: { rows: batchSize, labelled: whole, transfer: whole }, tensors }, { ...fixed, ...changing }, random ?? (() => eagerRandom(resolved.random, number)));
    return { taken, made: [tensors, changing, raw, taken.stats] };
  };
  let following;
  return {
    order,
    async step() {
      const { taken, made } = following ?? await begin(state, at);
      at++;
      following = backend.runsAhead ? await begin(taken.ahead, at) : undefined;
      const [loss] = await taken.stats.data();
      if (!Number.isFinite(loss)) throw new Error('The loss is no number.');
      state = taken.accept();
      tf.dispose(made);
      return loss;
    },
    dispose() {
      following?.taken.reject();
      tf.dispose([state, fixed, following?.made]);
      if (step !== plain) step.dispose();
    },
  };
}

/** @returns milliseconds a step, over `steps` of them */
export async function bareLoop(problem, { batchSize, steps }) {
  const start = performance.now();
  const loop = openLoop(problem, { batchSize });
  for (let at = 0; at < steps; at++) await loop.step();
  const ms = (performance.now() - start) / steps;
  loop.dispose();
  return ms;
}
