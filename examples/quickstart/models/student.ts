import type { LayersModel } from '@tensorflow/tfjs-layers';
import { mlp } from './mlp.ts';

/** The model that is shipped: 784-64-64-10. */
export default (): LayersModel => mlp([64, 64], 10);
