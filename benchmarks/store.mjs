import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random, startWasm } from '@kd/core';
import { createStore, openStore } from '@kd/node';
import { bareLoop } from './bare-loop.mjs';
import { fastestOf, images, problem } from './problem.mjs';

export const about = 'reading three stored teachers in shuffled batches, against the epoch that uses them';
export const goal = 'at most 0.03';

const teachers = { low: 5, high: 5, parity: 2 };
const batchSize = 128;

export async function run({ quick }) {
  await startWasm();
  const size = quick ? 4096 : 16_384;
  const folder = await mkdtemp(join(tmpdir(), 'kd-bench-'));
  try {
    await fill(folder, size);
    const store = openStore(folder);
    store.verify();
    const order = new Random(5).stream('order').permutation(size);
    const epoch = () => {
      const start = performance.now();
      for (let at = 0; at < size; at += batchSize) {
        const rows = Int32Array.from(order.subarray(at, at + batchSize));
        for (const [teacher, classes] of Object.entries(teachers)) store.read(teacher, 'logits', rows, new Float32Array(rows.length * classes));
      }
      return performance.now() - start;
    };
    const dataset = images(2048);
    const taught = await problem('MLP 784-64-64-10', dataset, { teachers: true });
    const steps = 16;
    const best = await fastestOf({ reading: epoch, training: async () => (await bareLoop(taught, { batchSize, steps })) * (size / batchSize) }, quick ? 1 : 5);
    store.close();
    return {
      rows: [{ label: `reading ${size} samples`, ms: best.reading }, { label: `an epoch of MLP 784-64-64-10 on ${size} samples`, ms: best.training }],
      ratios: { 'reading / epoch': best.reading / best.training },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(folder, size) {
  const store = await createStore(folder, { ids: Array.from({ length: size }, (_, row) => `image-${row}`), samplesHash: 'noise' });
  const stream = new Random(4).stream('answers');
  for (const [name, classes] of Object.entries(teachers)) {
    const keys = { logits: { dtype: 'float16', shape: [classes] } };
    const writer = await store.writer({ name, hash: name, space: name, classes: Array.from({ length: classes }, (_, i) => String(i)) }, keys);
    await writer.append(size, { logits: stream.fillNormal(new Float32Array(size * classes)) });
    await writer.finish();
  }
  await store.close();
}
