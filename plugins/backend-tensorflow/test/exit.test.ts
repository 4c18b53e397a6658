import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { library } from './native.ts';

/** Ends its process while compiled functions run in a thread of TensorFlow's. */
const program = `
import * as tf from '@tensorflow/tfjs-core';
import { tensorflow } from '@kd/plugin-backend-tensorflow';

const backend = tensorflow.create({ xla: false, eager: false, impure: 'stop', library: process.argv[1] }, { base: process.cwd() });
await backend.start();
const product = backend.compile('product', ({ x }) => ({ y: tf.matMul(x, x) }));
const x = tf.ones([800, 800]);
for (let i = 0; i < 20; i++) product({ x });
process.exit(7);
`;

test.skipIf(library === undefined)('a process may end while a compiled function runs', async () => {
  for (let i = 0; i < 5; i++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, library!], { cwd: join(import.meta.dirname, '..'), stdio: 'ignore' });
    expect(await once(child, 'close')).toEqual([7, null]);
  }
});
