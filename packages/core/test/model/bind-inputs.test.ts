import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { bindInputs, fromArrays, startWasm, type Dataset, type InputSpec, type ModelFactory } from '../../src/index.ts';
import { config, failure, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

const kinds: readonly InputSpec['dtype'][] = ['float32', 'int32'];

/** Whole numbers, of either type. */
function numbers(dtype: InputSpec['dtype'], size: number): Dataset {
  return fromArrays({
    inputs: { x: { shape: [3], dtype, values: Float32Array.from({ length: size * 3 }, (_, i) => (i * i) % 7) } },
    labels: { letter: Int32Array.from({ length: size }, (_, row) => (row * row) % 4) },
  });
}

const counting = (): LayersModel => sequential({ layers: [layers.dense({ units: 4, inputShape: [3], name: 'logits' })] });
const looking = (): LayersModel => sequential({ layers: [layers.embedding({ inputDim: 7, outputDim: 2, inputLength: 3 }), layers.flatten(), layers.dense({ units: 4, name: 'logits' })] });

test.each([['dense layer', counting], ['embedding', looking]])('a %s reads whole numbers of either type', async (_what, model) => {
  const teachers = { numbers: { predict: ({ x }: Record<string, tf.Tensor>) => tf.pad(tf.cast(x!, 'float32') as tf.Tensor2D, [[0, 0], [0, 1]]), speaks: 'letter' } };
  const [float, whole] = await Promise.all(kinds.map((dtype) => summaryOf(config({ data: { train: numbers(dtype, 32), test: numbers(dtype, 20) }, teachers, student: { model: model as ModelFactory, heads: { letter: 'logits' } } }))));
  expect(whole!.student).toEqual(float!.student);
  expect(whole!.history).toEqual(float!.history);
});

test('each input of a model gets the data’s of its name, or the one that it is told to read, in its own type and shape', async () => {
  const wanted = [{ name: 'a', shape: [2, 2], dtype: 'float32' }, { name: 'b', shape: [null], dtype: 'int32' }] as const;
  const data = { b: { shape: [4], dtype: 'float32' }, a: { shape: [4], dtype: 'int32' }, c: { shape: [3], dtype: 'float32' } } as const;
  const batch = { a: tf.tensor2d([[1, 2, 3, 4]], [1, 4], 'int32'), b: tf.tensor2d([[5, 6, 7, 8]]), c: tf.tensor2d([[9, 9, 9]]) };
  const seen = ({ a, b }: Record<string, tf.Tensor>): unknown => [a, b].map((tensor) => [tensor!.shape, tensor!.dtype, Array.from(tensor!.dataSync())]);
  expect(seen(bindInputs('it', wanted, data)(batch))).toEqual([[[1, 2, 2], 'float32', [1, 2, 3, 4]], [[1, 4], 'int32', [5, 6, 7, 8]]]);
  expect(seen(bindInputs('it', wanted, data, ['b', 'a'])(batch))).toEqual([[[1, 2, 2], 'float32', [5, 6, 7, 8]], [[1, 4], 'int32', [1, 2, 3, 4]]]);
  await failure(() => bindInputs('it', wanted, data, ['c', 'a']), 'KD_DATA_INPUT_SHAPE');
  await failure(() => bindInputs('it', wanted, data, ['a', 'd']), 'KD_DATA_INPUT_MISSING');
});
