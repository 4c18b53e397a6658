import { beforeAll, expect, test } from 'vitest';
import { definePlugin, startWasm, type Dataset } from '../../src/index.ts';
import { config, dataset, INPUTS, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

test('every batch holds its own samples, and zeros where a data set writes nothing', async () => {
  const whole = dataset(50);
  /** Writes the first value of every second row alone. */
  const sparse: Dataset = {
    ...whole,
    read(_, rows, out) {
      for (let i = 0; i < rows.length; i++) if (rows[i]! % 2 === 1) out[i * INPUTS] = rows[i]! / 50;
    },
  };
  let batches = 0;
  const plugin = definePlugin({
    name: 'acme',
    apply: ({ hooks }) => hooks.batch.tapPromise('reader', async (batch) => {
      const rows = await batch.tensors['rows']!.data();
      const values = await Object.entries(batch.tensors).find(([name]) => name.startsWith('inputs/'))![1].data();
      rows.forEach((row, i) => expect([...values.subarray(i * INPUTS, (i + 1) * INPUTS)]).toEqual([row % 2 === 1 ? Math.fround(row / 50) : 0, ...new Array(INPUTS - 1).fill(0)]));
      batches++;
      return batch;
    }),
  });
  await summaryOf(config({ data: { train: sparse, test: whole }, plugins: [plugin], train: { epochs: 2, batchSize: 20 } }));
  expect(batches).toBeGreaterThan(4);
});
