import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { perSampleOf, type LossFacts } from '@kd/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fitnet } from '../src/index.ts';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient } from '../../../test/golden/golden-cases.ts';
import { compareFeatures, contextOf, pair } from './features.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const loss = fitnet.create(pair, {});
const facts = (student: number[], teacher: number[]): LossFacts => ({ classes: 2, names: ['a', 'b'], samples: 4, studentFeatures: { thin: student }, teacherFeatures: { wide: teacher } });

test.each(casesOf('feature-maps', /^hint_mse_/))('$name', (golden) => {
  // The cases hold channels first, our maps hold them last.
  const channelsLast = (map: Tensor4D): Tensor4D => tf.transpose(map, [0, 2, 3, 1]);
  const teacher = channelsLast(tensorOf<Tensor4D>(golden.inputs['teacher_features']!));
  expectGolden(golden, valueAndGradient(tensorOf<Tensor4D>(golden.inputs['student_features']!), (student: Tensor4D) =>
    perSampleOf(loss.compute(compareFeatures(channelsLast(student), teacher), contextOf()))));
});

describe('the adapter', () => {
  test('is there only where widths differ', () => {
    expect(loss.state!(facts([4, 4, 3], [4, 4, 3]))).toEqual({});
    expect(loss.state!(facts([4, 4, 3], [4, 4, 8]))).toMatchObject({ kernel: { shape: [3, 8], trainable: true }, bias: { shape: [8], trainable: true } });
    expect(loss.state!(facts([16], [32]))).toMatchObject({ kernel: { shape: [16, 32] } });
  });

  test('is a 1×1 convolution', () => {
    const [x, kernel, bias] = [tf.randomNormal([2, 3, 3, 4]), tf.randomNormal([4, 5]), tf.randomNormal([5])];
    const teacher = tf.add(tf.conv2d(x as Tensor4D, tf.reshape(kernel, [1, 1, 4, 5]), 1, 'same'), bias);
    const apart = perSampleOf(loss.compute(compareFeatures(x, tf.add(teacher, 3)), contextOf({ kernel, bias })));
    expectClose(apart.dataSync(), [9, 9]);
  });

  test('receives gradients', () => {
    const [x, teacher] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[0, 0, 0]])];
    const slope = tf.grad((kernel: Tensor) => tf.sum(perSampleOf(loss.compute(compareFeatures(x, teacher), contextOf({ kernel, bias: tf.zeros([3]) })) as Tensor1D)))(tf.ones([2, 3]));
    expectClose(slope.dataSync(), [2, 2, 2, 4, 4, 4]);
  });

  test.each([[[4, 4, 3], [2, 2, 3]], [[16], [4, 4, 3]]])('cannot bridge %j and %j', (student, teacher) => {
    expect(() => loss.state!(facts(student, teacher))).toThrow(expect.objectContaining({ code: 'KD_FEATURE_SHAPE' }));
  });
});
