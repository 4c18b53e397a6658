import { distill, fromArrays, type Dataset, type Summary } from '@kd/core';
import { concat, mul, slice, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

/** Points on a circle; each quarter is a class. Every eighth one has a label. */
function quarters(count: number, everyNth: number): Dataset {
  const angles = Array.from({ length: count }, (_, i) => 2 * Math.PI * ((i * 0.618) % 1));
  return fromArrays({
    inputs: { point: { shape: [2], values: angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]) } },
    labels: { quarter: angles.map((angle, i) => (i % everyNth === 0 ? Math.floor((2 * angle) / Math.PI) : -1)) },
  });
}

/** Two teachers that each tell two halves apart, and a student that learns the quarters of them. */
export async function distillQuarters(wasmPath?: string): Promise<Summary> {
  const { summary } = await distill({
    data: { train: quarters(256, 8), test: quarters(64, 1) },
    labels: {
      quarter: ['north-east', 'north-west', 'south-west', 'south-east'],
      height: { of: 'quarter', groups: { north: ['north-east', 'north-west'], south: ['south-west', 'south-east'] } },
      side: { of: 'quarter', groups: { east: ['north-east', 'south-east'], west: ['north-west', 'south-west'] } },
    },
    teachers: {
      height: { speaks: 'height', predict: ({ point }) => halves(point!, 1) },
      side: { speaks: 'side', predict: ({ point }) => halves(point!, 0) },
    },
    student: {
      model: () => sequential({ layers: [layers.dense({ inputShape: [2], units: 8, activation: 'tanh' }), layers.dense({ units: 4 })] }),
    },
    alpha: 0.5,
    backend: ['wasm', wasmPath === undefined ? {} : { wasmPath }],
    train: { epochs: 20, batchSize: 32, labelledBatchSize: 16, optimizer: ['adamw', { learningRate: 0.02 }] },
    seed: 3,
  });
  return summary;
}

/** Sure of the sign of one coordinate. */
function halves(points: Tensor, axis: number): Tensor {
  const along = slice(points as Tensor2D, [0, axis], [-1, 1]);
  return concat([mul(along, 6), mul(along, -6)], 1);
}
