import { input, layers, model, sequential } from '@tensorflow/tfjs-layers';
import { Places, SelfAttention } from './self-attention.mjs';

const image = [28, 28, 1];
const { conv2d, separableConv2d, maxPooling2d, globalAveragePooling1d, globalAveragePooling2d, batchNormalization, layerNormalization, activation, flatten, dense, lstm, add } = layers;

/** What the measurements train: the shape of one sample, and what makes the model. */
export const students = {
  'MLP 784-64-64-10': { shape: [784], build: () => mlp([64, 64]) },
  'MLP 784-800-800-10': { shape: [784], build: () => mlp([800, 800]) },
  'CNN 16-32 on 28x28': { shape: image, build: () => sequential({ layers: [
    conv2d({ inputShape: image, filters: 16, kernelSize: 3, activation: 'relu' }), maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }), flatten(),
    dense({ units: 64, activation: 'relu' }), dense({ units: 10, name: 'logits' }),
  ] }) },
  'CNN 32-64-128': { shape: image, build: () => sequential({ layers: [
    conv2d({ inputShape: image, filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }), maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' }), maxPooling2d({ poolSize: 2 }), flatten(),
    dense({ units: 128, activation: 'relu' }), dense({ units: 10, name: 'logits' }),
  ] }) },
  'separable CNN, batch norm': { shape: image, build: () => sequential({ layers: [
    conv2d({ inputShape: image, filters: 32, kernelSize: 3, padding: 'same', useBias: false }), batchNormalization(), activation({ activation: 'relu' }), maxPooling2d({ poolSize: 2 }),
    separableConv2d({ filters: 64, kernelSize: 3, padding: 'same', useBias: false }), batchNormalization(), activation({ activation: 'relu' }), maxPooling2d({ poolSize: 2 }),
    separableConv2d({ filters: 128, kernelSize: 3, padding: 'same', useBias: false }), batchNormalization(), activation({ activation: 'relu' }),
    globalAveragePooling2d({}), dense({ units: 10, name: 'logits' }),
  ] }) },
  'LSTM 64 on 28 rows': { shape: [28, 28], build: () => sequential({ layers: [
    lstm({ inputShape: [28, 28], units: 64, recurrentActivation: 'sigmoid' }), dense({ units: 10, name: 'logits' }),
  ] }) },
  'transformer, 64 tokens': { shape: [64, 12], build: transformer },
};

function mlp(hidden) {
  const student = sequential();
  hidden.forEach((units, i) => student.add(dense({ units, activation: 'relu', ...(i === 0 ? { inputShape: [784] } : {}) })));
  student.add(dense({ units: 10, name: 'logits' }));
  return student;
}

/** Two encoder blocks of width 64, four heads, normalised before each part; the mean over tokens is classified. */
function transformer() {
  const tokens = input({ shape: [64, 12] });
  let x = new Places({}).apply(dense({ units: 64 }).apply(tokens));
  for (let block = 0; block < 2; block++) {
    x = add().apply([x, new SelfAttention({ heads: 4 }).apply(layerNormalization().apply(x))]);
    const wide = dense({ units: 128, activation: 'relu' }).apply(layerNormalization().apply(x));
    x = add().apply([x, dense({ units: 64 }).apply(wide)]);
  }
  const logits = dense({ units: 10, name: 'logits' }).apply(globalAveragePooling1d({}).apply(layerNormalization().apply(x)));
  return model({ inputs: tokens, outputs: logits });
}
