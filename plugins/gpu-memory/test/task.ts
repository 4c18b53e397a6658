import { fromArrays, Random, type Dataset, type KdConfig, type ModelFactory } from '@kd/core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

const INPUTS = 32;

function samples(size: number, seed: number): Dataset {
  const values = new Random(seed).stream('x').fillNormal(new Float32Array(size * INPUTS));
  const kind = Int32Array.from({ length: size }, (_, row) => (values[row * INPUTS]! > 0 ? 1 : 0) + (values[row * INPUTS + 1]! > 0 ? 2 : 0));
  return fromArrays({ inputs: { x: { shape: [INPUTS], values } }, labels: { kind } });
}

/** A model whose activations outweigh its weights by far. */
export function deep(width: number, depth: number): () => LayersModel {
  return () => sequential({ layers: [
    layers.dense({ units: width, activation: 'tanh', inputShape: [INPUTS] }),
    ...Array.from({ length: depth - 1 }, () => layers.dense({ units: width, activation: 'tanh' })), layers.dense({ units: 4, name: 'logits' }),
  ] });
}

/** Four steps of 1024 rows. */
export function task(changes: Partial<KdConfig> = {}): KdConfig {
  return {
    data: { train: samples(2048, 1), test: samples(1200, 2) },
    labels: { kind: ['a', 'b', 'c', 'd'] },
    student: { model: deep(64, 8) as ModelFactory, heads: { kind: 'logits' } },
    teachers: { wide: { model: deep(512, 2) as ModelFactory, speaks: 'kind' } },
    alpha: 0.5, train: { epochs: 2, batchSize: 1024, optimizer: ['sgd', { learningRate: 0.1 }] }, seed: 3, ...changes,
  };
}
