import { basename, dirname, resolve } from 'node:path';
import { kdError } from '@kd/core';
import { durableWrite } from '@kd/node';
import { configsIn } from '../config/find-config.ts';
import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { safeText } from '../output/safe-text.ts';

const template = `import { defineConfig } from '@kd/core';

export default defineConfig({
  // Names the run's folder: runs/<name>.
  name: 'first',

  // 'referee' lives here; it is also what α is when you leave \`alpha\` out.
  plugins: ['adaptive-alpha'],

  // Readers: idx, csv, jsonl, image-folder; or a module whose default export is a data set.
  data: {
    train: ['csv', { file: './data/train.csv', id: 'id', inputs: { x: ['a', 'b', 'c'] }, labels: { kind: 'kind' } }],
    test: ['csv', { file: './data/test.csv', id: 'id', inputs: { x: ['a', 'b', 'c'] }, labels: { kind: 'kind' } }],
    // How many of the labels the student may see; all of them when left out.
    // labelled: 200,
  },

  // Every label space that somebody speaks, in the order of the model's outputs.
  labels: {
    kind: ['cat', 'dog', 'cow', 'horse'],
    // A teacher that knows some classes, with or without one for all the rest:
    pets: { of: 'kind', only: ['cat', 'dog'], other: true },
    // A teacher whose classes are sets of the student's:
    size: { of: 'kind', groups: { small: ['cat', 'dog'], large: ['cow', 'horse'] } },
  },

  // Trained models (a folder with model.json), or modules that build one to be trained in the run.
  teachers: {
    pets: { model: './models/pets', speaks: 'pets' },
    size: { model: './models/size.ts', speaks: 'size', train: { epochs: 5 } },
  },

  // A module whose default export builds the model, and by label space the layer that holds its logits. The module can be
  //   import { layers, sequential } from '@tensorflow/tfjs-layers';
  //   export default () => sequential({ layers: [
  //     layers.dense({ inputShape: [3], units: 16, activation: 'relu' }), layers.dense({ units: 4, name: 'logits' }),
  //   ] });
  student: { model: './models/student.ts', heads: { kind: 'logits' } },

  train: { epochs: 10, batchSize: 128, optimizer: ['adamw', { learningRate: 1e-3 }], schedule: 'cosine' },
  seed: 1,

  // Also train the student on its labels alone, to see what distillation gained.
  compare: { baseline: true },
});
`;

/** `kd init`: writes a commented config; never over one that is there, nor beside one of another name. */
export async function init(flags: GlobalFlags): Promise<void> {
  const file = resolve('kd.config.ts');
  const [there] = await configsIn(dirname(file));
  if (there !== undefined) throw kdError('KD_USAGE', { problem: `${basename(there) === 'package.json' ? `The config in ${there}` : there} is there already`, next: 'Move it away first, or edit it.' });
  await durableWrite(file, template);
  print(flags, { file }, () => `Wrote ${safeText(file)}\nNext: put in your data, teachers and student, then npx kd check\n`);
}
