import * as tf from '@tensorflow/tfjs-core';
import { fromArrays, MemorySignals, pickStudent, Random, resolveConfig, sizeOf, storedSource, studentData } from '@kd/core';
import { students } from './students.mjs';

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Noise in place of images: speed does not depend on what they show. */
export function images(count, shape = [784]) {
  const stream = new Random(1).stream('images');
  const values = stream.fillUniform(new Float32Array(count * sizeOf({ shape })));
  const labels = Int32Array.from({ length: count }, (_, row) => row % 10);
  return fromArrays({ inputs: { image: { shape, values } }, labels: { digit: labels } });
}

/** What three teachers speak: none of them knows ten digits. */
const labels = {
  digit: digits, low: { of: 'digit', only: digits.slice(0, 5) }, high: { of: 'digit', only: digits.slice(5) },
  parity: { of: 'digit', groups: { even: ['0', '2', '4', '6', '8'], odd: ['1', '3', '5', '7', '9'] } },
};
export const speaks = { low: 5, high: 5, parity: 2 };

/** A student with its objective, and, where asked for, three stored teachers of different label spaces. */
export async function problem(studentName, dataset, { teachers }) {
  const answering = Object.fromEntries(Object.keys(speaks).map((id) => [id, { speaks: id, predict: () => tf.zeros([1, speaks[id]]) }]));
  const resolved = resolveConfig({ data: { train: dataset }, student: { model: students[studentName].build }, alpha: 0.5, labels, teachers: teachers ? answering : {} });
  const { model, inputs, objective, heads } = await pickStudent({ resolved, data: { train: dataset } });
  const data = studentData({ dataset, wanted: heads.map(({ space }) => space), spaces: resolved.spaces, random: resolved.random });
  return { resolved, model, inputs, objective, data, source: teachers ? storedSource(answers(dataset.size)) : undefined };
}

function answers(size) {
  const stream = new Random(2).stream('signals');
  const rows = Int32Array.from({ length: size }, (_, row) => row);
  return Object.fromEntries(Object.entries(speaks).map(([id, classes]) => {
    const signals = new MemorySignals([{ name: 'logits', shape: [classes], dtype: 'float32' }], size);
    signals.write('logits', rows, stream.fillNormal(new Float32Array(size * classes)));
    return [id, signals];
  }));
}

/** The least that a call of each variant gives, of as many as fit into some seconds and at least three; variants take turns. */
export async function fastestOf(variants, seconds) {
  const best = Object.fromEntries(Object.keys(variants).map((name) => [name, Infinity]));
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < 3 || performance.now() < end; round++) {
    for (const [name, call] of Object.entries(variants)) best[name] = Math.min(best[name], await call());
  }
  return best;
}
