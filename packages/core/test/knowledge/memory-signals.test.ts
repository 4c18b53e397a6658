import { expect, test } from 'vitest';
import { MemorySignals } from '../../src/index.ts';

test('answers in memory are read back by row, in whatever pieces they were written', () => {
  const signals = new MemorySignals([{ name: 'logits', shape: [2], dtype: 'float32' }, { name: 'indices', shape: [], dtype: 'int32' }], 5);
  for (const rows of [[0, 1], [2, 3], [4]]) {
    signals.write('logits', rows, Float32Array.from(rows.flatMap((row) => [row, row / 2])));
    signals.write('indices', rows, Int32Array.from(rows, (row) => 10 * row));
  }
  const [logits, indices] = [new Float32Array(6), new Int32Array(3)];
  signals.read('logits', [4, 0, 3], logits);
  signals.read('indices', [4, 0, 3], indices);
  expect(Array.from(logits)).toEqual([4, 2, 0, 0, 3, 1.5]);
  expect(Array.from(indices)).toEqual([40, 0, 30]);
});
