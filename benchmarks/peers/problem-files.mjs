import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLoop } from '../bare-loop.mjs';
import { images, problem, speaks } from '../problem.mjs';
import { students } from '../students.mjs';

/**
 * Writes a problem for peers in other languages: its samples, labels, teachers' answers, the order of the samples and the
 * student's first weights, as raw little-endian numbers, with their shapes in `problem.json`.
 */
export async function writeProblem(folder, { student, teachers, size, batchSize }) {
  await mkdir(folder, { recursive: true });
  const { shape } = students[student];
  const dataset = images(size, shape);
  const { resolved, model, objective, inputs, data, source } = await problem(student, dataset, { teachers });
  const every = Int32Array.from({ length: size }, (_, row) => row);
  const samples = new Float32Array(size * shape.reduce((product, length) => product * length, 1));
  dataset.read('image', every, samples);
  const files = { images: samples, labels: data.labels.digit };
  if (source) {
    for (const [name, tensor] of Object.entries(await source.signals(every, {}))) {
      files[name.split('/')[0]] = await tensor.data();
      tensor.dispose();
    }
  }
  const loop = openLoop({ resolved, model, objective, inputs, data, source }, { batchSize });
  files.order = loop.order;
  loop.dispose();
  const values = model.values();
  const weights = model.variables.filter(({ trainable }) => trainable);
  for (const { name } of weights) files[`weight.${name}`] = await values[name].data();
  for (const name in values) values[name].dispose();
  for (const [name, array] of Object.entries(files)) await writeFile(join(folder, `${name}.bin`), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  const about = { student, size, batchSize, shape, teachers: source ? speaks : {}, weights: weights.map(({ name, shape: each }) => ({ name, shape: each })) };
  await writeFile(join(folder, 'problem.json'), JSON.stringify({ ...about, learningRate: resolved.training.learningRate, weightDecay: 0.01, temperature: 4, alpha: 0.5 }));
}
