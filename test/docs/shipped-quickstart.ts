import '@tensorflow/tfjs-backend-cpu';
import { randomUniform, setBackend, tensor1d, zeros } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import type { LabelSpace } from '@kd/core';
import { exportStudent } from '../../packages/export/src/index.ts';

const digit: LabelSpace = { name: 'digit', kind: 'classes', classes: Array.from({ length: 10 }, (_, i) => String(i)) };

/**
 * What `kd export` makes of the quickstart, but for what its student has learned: this one says of everything what the page
 * says of its sample.
 */
export async function shipQuickstart(folder: string): Promise<void> {
  await setBackend('cpu');
  const student = sequential({ layers: [layers.dense({ inputShape: [784], units: 10, name: 'logits' })] });
  const [eight, others] = [Math.log(0.964), Math.log(0.036 / 9)];
  student.setWeights([zeros([784, 10]), tensor1d(digit.classes.map((name) => (name === '8' ? eight : others)))]);
  const samples = { [student.inputs[0]!.sourceLayer.name]: randomUniform([2, 784], 0, 1, 'float32', 1) };
  const { model } = await exportStudent({ folder, name: 'quickstart', student, heads: [{ space: digit, output: 'logits' }], spaces: new Map([['digit', digit]]), samples, data: [{ name: 'image', shape: [784] }] });
  model.dispose();
}
