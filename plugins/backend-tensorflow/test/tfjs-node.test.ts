import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { distill, fromArrays } from '@kd/core';
import backendTensorflow, { tfjsNode } from '../src/index.ts';

describe('the backend tfjs-node-gpu', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kd-tfjs-node-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is not there where its package is not', async () => {
    const backend = tfjsNode.create({ folder }, {});
    expect(await backend.available()).toMatch(/neither @tensorflow\/tfjs-node-gpu nor @tensorflow\/tfjs-node is installed in .*kd-tfjs-node-/);
    await expect(backend.start()).rejects.toMatchObject({ code: 'KD_BACKEND_UNAVAILABLE' });
  });

  it('says why a package does not load', async () => {
    const broken = join(folder, 'node_modules/@tensorflow/tfjs-node');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'package.json'), '{ "main": "index.js" }');
    writeFileSync(join(broken, 'index.js'), "throw new Error('the addon tfjs_binding.node is not there');");
    expect(await tfjsNode.create({ folder }, {}).available()).toBe('@tensorflow/tfjs-node is installed, but does not load: the addon tfjs_binding.node is not there');
  });
});

// A folder with @tensorflow/tfjs-node or -gpu whose addon loads, for these alone.
const installed = process.env['KD_TEST_TFJS_NODE'];

describe.skipIf(installed === undefined)('tfjs-node-gpu, where it is installed', () => {
  it('trains a student', async () => {
    expect(await tfjsNode.create({ folder: installed }, {}).available()).toBe(true);
    const values = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i * 12.9898));
    const data = fromArrays({ inputs: { point: { shape: [2], values } }, labels: { side: Array.from({ length: 64 }, (_, i) => Number(values[2 * i]! > 0)) } });
    const { summary } = await distill({
      plugins: [backendTensorflow],
      backend: ['tfjs-node-gpu', { folder: installed }],
      data: { train: data, test: data },
      labels: { side: ['west', 'east'] },
      teachers: { rule: { predict: ({ point }) => tf.mul(tf.concat([tf.neg(tf.slice(point!, [0, 0], [-1, 1])), tf.slice(point!, [0, 0], [-1, 1])], 1), 9), speaks: 'side' } },
      student: { model: () => sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] }) },
      train: { epochs: 20, batchSize: 16, optimizer: ['adamw', { learningRate: 0.05 }] },
      alpha: 'constant',
    });
    expect(tf.getBackend()).toBe('tensorflow');
    expect(tf.findBackend('tensorflow').constructor.name).toBe('NodeJSKernelBackend');
    expect(summary.student!.accuracy).toBeGreaterThan(0.9);
  });
});
