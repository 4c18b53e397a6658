import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A layer, and a variable of one: TensorFlow.js exports the types of neither. */
export type Layer = LayersModel['layers'][number];
export type LayerVariable = LayersModel['weights'][number];
