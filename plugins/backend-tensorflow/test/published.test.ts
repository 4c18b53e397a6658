import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { pack } from '../../../scripts/pack.mjs';
import { unreachable } from '../../../test/consumer/unreachable.ts';
import { library } from './native.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

const program = `
import * as tf from '@tensorflow/tfjs-core';
import { tensorflow } from '@kd/plugin-backend-tensorflow';

const backend = tensorflow.create({ xla: false, eager: false, impure: 'stop', library: process.argv[2] }, { base: process.cwd() });
await backend.start();
const product = backend.compile('product', ({ a, b }) => ({ ab: tf.matMul(a, b) }))({ a: tf.tensor2d([[1, 2], [3, 4]]), b: tf.tensor2d([[5, 6], [7, 8]]) });
const most = tf.topk(product.ab, 1).values; // its kernel asks what Node 23 has removed
console.log(JSON.stringify([...product.ab.dataSync(), ...most.dataSync()]), tf.getBackend());
`;

test.skipIf(library === undefined)('the published backend computes with TensorFlow, and its npm knows no package that downloads another', { timeout: 240_000 }, async ({ skip }) => {
  const folder = await mkdtemp(join(tmpdir(), 'kd-consumer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await writeFile(join(folder, 'program.js'), program);
  try {
    const tarballs = ['packages/core', 'packages/node', 'plugins/backend-tensorflow'].map((name) => pack(join(root, name), folder));
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1', ...tarballs], { cwd: folder });
  } catch (error) {
    const problem = unreachable(error);
    skip(problem !== undefined, `npm reaches no registry (${problem})`);
    throw error;
  }
  expect(await readdir(join(folder, 'node_modules/@tensorflow'))).not.toContain('tfjs-node-gpu');
  const { stdout } = await run(process.execPath, ['program.js', library!], { cwd: folder });
  expect(stdout.trim()).toBe('[19,22,43,50,22,50] tensorflow');
});
