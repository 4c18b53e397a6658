import type { KdConfig, ModelFactory } from '@kd/core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const kinds = ['0', '1', '2', '3', '4', '5'];

interface NetOptions {
  readonly units: number;
  readonly classes: number;
  /** With batch norm, whose averages are state, and dropout, which draws numbers. */
  readonly noisy?: boolean;
}

export function net({ units, classes, noisy = false }: NetOptions): ModelFactory {
  return () => {
    const model = sequential();
    model.add(layers.dense({ units, activation: 'relu', inputShape: [8] }));
    if (noisy) {
      model.add(layers.batchNormalization());
      model.add(layers.dropout({ rate: 0.2 }));
    }
    model.add(layers.dense({ units: classes, name: 'logits' }));
    return model;
  };
}

/** Six kinds of points. One teacher knows the first three, one only odd and even; the student sees 120 of 600 labels. */
export const smallTask: KdConfig = {
  name: 'small',
  data: {
    train: ['idx', { images: 'train.idx', labels: 'train-labels.idx', space: 'kind' }],
    test: ['idx', { images: 'test.idx', labels: 'test-labels.idx', space: 'kind' }],
    validation: ['idx', { images: 'test.idx', labels: 'test-labels.idx', space: 'kind' }],
    labelled: 120,
  },
  labels: {
    kind: kinds,
    low: { of: 'kind', only: kinds.slice(0, 3) },
    parity: { of: 'kind', groups: { even: ['0', '2', '4'], odd: ['1', '3', '5'] } },
  },
  teachers: {
    low: { model: net({ units: 16, classes: 3 }), speaks: 'low', train: { epochs: 2, batchSize: 50, checkpointEvery: 4 } },
    parity: { model: net({ units: 16, classes: 2, noisy: true }), speaks: 'parity', train: { epochs: 1, batchSize: 60, checkpointEvery: 4 } },
  },
  student: { model: net({ units: 12, classes: 6, noisy: true }), heads: { kind: 'logits' } },
  alpha: 'referee',
  train: { epochs: 3, batchSize: 60, labelledBatchSize: 30, optimizer: ['adamw', { learningRate: 5e-3 }], clipNorm: 5, checkpointEvery: 4 },
  compare: { baseline: true, ceiling: true },
  seed: 7,
};
