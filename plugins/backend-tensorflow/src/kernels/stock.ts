// The kernels of TensorFlow.js's Node package. In the published package this file is a bundle that contains them, so that
// nobody's npm runs that package's install script, which downloads another TensorFlow.
import './restore-util.ts';
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js';
import { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import type { StockBackend } from './stock-backend.ts';

/** The Node package's backend. @param binding what it takes for its addon */
export const Stock: new (binding: unknown, packageName: string) => StockBackend = NodeJSKernelBackend as never;
