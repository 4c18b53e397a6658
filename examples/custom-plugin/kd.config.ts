import { defineConfig, type ModelFactory, type TrainConfig } from '@kd/core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { points } from './points.ts';

const network = (hidden: number, classes: number): ModelFactory => () =>
  sequential({ layers: [layers.dense({ inputShape: [2], units: hidden, activation: 'relu' }), layers.dense({ units: classes, name: 'logits' })] });
const training = (epochs: number): TrainConfig => ({ epochs, optimizer: ['adamw', { learningRate: 0.02 }] });

export default defineConfig({
  name: 'custom-plugin',
  plugins: ['./plugin/workshop.ts'],

  data: { train: points(4000, 'train'), test: points(1000, 'test'), labelled: 40 },
  labels: {
    place: ['left inside', 'right inside', 'left outside', 'right outside'],
    side: { of: 'place', groups: { left: ['left inside', 'left outside'], right: ['right inside', 'right outside'] } },
    disc: { of: 'place', groups: { inside: ['left inside', 'right inside'], outside: ['left outside', 'right outside'] } },
  },
  teachers: {
    side: { model: network(8, 2), speaks: 'side', train: training(3) },
    disc: { model: network(32, 2), speaks: 'disc', train: training(10) },
    hasty: { model: network(8, 2), speaks: 'disc', train: training(3) },
  },
  student: { model: network(32, 4), heads: { place: 'logits' } },

  // What the plugin brings is chosen as what kd brings is: by name.
  soft: { side: 'jensen-shannon', disc: ['jensen-shannon', { temperature: 1.5 }] },
  aggregation: 'surest',
  alpha: ['relay', { to: 0.4, patience: 10 }],
  memory: ['in-parts', { parts: 4 }],
  train: training(10),
  compare: { baseline: true },
});
