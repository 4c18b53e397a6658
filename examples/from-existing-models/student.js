import { layers, sequential } from '@tensorflow/tfjs-layers';

export default () => sequential({
  layers: [layers.dense({ inputShape: [784], units: 32, activation: 'relu' }), layers.dense({ units: 10, name: 'logits' })],
});
