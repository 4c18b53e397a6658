import { input, layers, model, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Head, LabelSpace } from '@kd/core';

const animal: LabelSpace = { name: 'animal', kind: 'classes', classes: ['cat', 'dog', 'wolf'] };
const tame: LabelSpace = { name: 'tame', kind: 'classes', classes: ['yes', 'no'], parent: animal, groups: [[0, 1], [2]] };
const place: LabelSpace = { name: 'place', kind: 'values', classes: ['x', 'y'] };
export const spaces: ReadonlyMap<string, LabelSpace> = new Map([animal, tame, place].map((space) => [space.name, space]));
export const heads: readonly Head[] = [{ space: place, output: 'place' }, { space: animal, output: 'animal' }];

/** A picture of 8 × 8 and a word; ends in a softmax, and the values are those of a layer on the way. */
export function twoHeaded(): LayersModel {
  const picture = input({ shape: [8, 8, 1], name: 'picture' });
  const word = input({ shape: [3], name: 'word', dtype: 'int32' });
  const seen = layers.flatten().apply(layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }).apply(picture)) as SymbolicTensor;
  const read = layers.flatten().apply(layers.embedding({ inputDim: 10, outputDim: 2 }).apply(word)) as SymbolicTensor;
  const both = layers.concatenate().apply([seen, read]) as SymbolicTensor;
  const values = layers.dense({ units: 2, name: 'place' }).apply(both) as SymbolicTensor;
  const classes = layers.dense({ units: 3, activation: 'softmax', name: 'animal' }).apply(values) as SymbolicTensor;
  return model({ inputs: [picture, word], outputs: classes });
}
