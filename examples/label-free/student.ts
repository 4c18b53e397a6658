import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { languages } from './languages.ts';
import { GRAM_BUCKETS } from './text-encoding.ts';

/** One layer from counted n-grams to languages. */
export default (): LayersModel => sequential({ layers: [layers.dense({ inputShape: [GRAM_BUCKETS], units: languages.length, name: 'logits' })] });
