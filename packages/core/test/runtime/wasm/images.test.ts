import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectClose, expectNoLeak, expectSameResult, useWasm, values } from './backends.ts';

useWasm();

const image = (...shape: number[]): tf.Tensor4D => values(shape) as tf.Tensor4D;
const filter = (...shape: number[]): tf.Tensor3D => values(shape, 2) as tf.Tensor3D;
const whole = (x: tf.Tensor): tf.Tensor4D => tf.cast(tf.mul(x, 100), 'int32');

const dilations: Record<string, () => tf.Tensor> = {
  'windows that hang over the edge': () => tf.dilation2d(image(1, 5, 6, 2), filter(2, 3, 2), 1, 'same'),
  'negative numbers': () => tf.dilation2d(tf.sub(image(1, 5, 6, 1), 3) as tf.Tensor4D, filter(2, 2, 1), 1, 'same'),
  'negative numbers, no padding': () => tf.dilation2d(tf.sub(image(2, 5, 6, 2), 3) as tf.Tensor4D, filter(2, 3, 2), 2, 'valid'),
  'strides and gaps that differ': () => tf.dilation2d(image(2, 7, 8, 3), filter(2, 3, 3), [1, 2], 'same', [2, 1]),
  'whole numbers': () => tf.dilation2d(whole(image(1, 5, 6, 2)), whole(filter(2, 3, 2)) as unknown as tf.Tensor3D, 1, 'same'),
  'an image without a batch': () => tf.dilation2d(values([5, 6, 2]) as tf.Tensor3D, filter(2, 3, 2), 1, 'same'),
};

describe('dilation2d', () => {
  it.each(Object.entries(dilations))('%s', (_, compute) => expectSameResult(compute));

  it('truths stay truths', () => {
    const truths = tf.cast(image(1, 5, 6, 1), 'bool');
    expect(tf.dilation2d(truths, tf.cast(filter(2, 2, 1), 'bool'), 1, 'same').dtype).toBe('bool');
  });
});

const bend = [1, 0.2, -1, 0.1, 1, 0.5, 0.01, 0];
const shrink = [0.5, 0, 0, 0, 2, 1, 0, 0];
const move = [1, 0, 3.25, 0, 1, -7.5, 0, 0];
/** At the third column its projection has no place for a pixel. */
const away = [1, 0, 0, 0, 1, 0, -0.5, 0];

describe('transform', () => {
  const modes = ['constant', 'nearest', 'reflect', 'wrap'] as const;
  const cases = modes.flatMap((mode) => (['nearest', 'bilinear'] as const).flatMap((way) => [[mode, way, undefined], [mode, way, [7, 4]]] as const));

  // The plain backend forgets all images but the first, so it is asked about each alone.
  it.each(cases)('%s, %s, size %j: every image has its own projection, or all the same', async (mode, way, size) => {
    const projections = [bend, shrink, move, away];
    const compute = (images: tf.Tensor4D, rows: number[][]): tf.Tensor4D => tf.image.transform(images, tf.tensor2d(rows), way, mode, 0.5, size && [...size]);
    const alone = (row: number, projection: number[]): tf.Tensor4D => compute(tf.slice(image(4, 5, 6, 2), [row, 0, 0, 0], [1, -1, -1, -1]), [projection]);
    await tf.setBackend('cpu');
    const own = tf.concat(projections.map((projection, row) => alone(row, projection))).dataSync();
    const shared = tf.concat(projections.map((_, row) => alone(row, bend))).dataSync();
    await tf.setBackend('wasm');
    expectClose(compute(image(4, 5, 6, 2), projections).dataSync(), own, 'one each');
    expectClose(compute(image(4, 5, 6, 2), [bend]).dataSync(), shared, 'one for all');
    expectNoLeak(() => tf.tidy(() => compute(image(4, 5, 6, 2), projections).dataSync()));
  });

  it.each(modes)('%s: an image of one pixel', (mode) => expectSameResult(() => tf.image.transform(image(1, 1, 1, 3), tf.tensor2d([move]), 'bilinear', mode, 0.5, [3, 3])));
});
