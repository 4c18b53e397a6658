import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { distill, fromArrays, Random } from '../../src/index.ts';

it('builds and trains a recurrent student with its default initialiser', async () => {
  const stream = new Random(5).stream('sequences');
  const values = Array.from({ length: 64 * 6 }, () => 2 * stream.uniform() - 1);
  const data = fromArrays({ inputs: { x: { shape: [6, 1], values } }, labels: { last: Array.from({ length: 64 }, (_, i) => (values[i * 6 + 5]! > 0 ? 1 : 0)) } });
  const { summary } = await distill({
    data: { train: data, test: data },
    labels: { last: ['low', 'high'] },
    student: { model: () => sequential({ layers: [layers.lstm({ units: 4, inputShape: [6, 1] }), layers.dense({ units: 2 })] }) },
    train: { epochs: 30, batchSize: 16, optimizer: ['adam', { learningRate: 0.02 }] },
  });
  expect(summary.student.accuracy).toBeGreaterThan(0.9);
});
