import type { LayersModel } from '@tensorflow/tfjs-layers';
import { mlp } from './mlp.ts';

export default (): LayersModel => mlp([256], 5);
