import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KdConfig, Predict } from '@kd/core';
import { equal, fill, matMul, range, reshape, slice, where, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Job } from './job.ts';
import { net, smallTask } from './small-task.ts';

type Variant = (job: Job, happened: (label: string) => void) => KdConfig;

/** The small task without training of teachers: one, which is a function, `[rows, 3]`. */
function taught(predict: Predict): KdConfig {
  return { ...smallTask, teachers: { low: { predict, speaks: 'low' } }, compare: {}, alpha: 0.5, train: { ...smallTask.train, epochs: 1 } };
}

const threeOf = (image: Tensor2D): Tensor2D => slice(image, [0, 0], [-1, 3]);

/** Configs that a process can be asked for by name: models and functions do not pass through JSON. */
export const variants: Readonly<Record<string, Variant>> = {
  small: () => smallTask,

  /** A teacher more, before the others, which speaks of the last three kinds. */
  'three teachers': () => ({
    ...smallTask,
    labels: { ...smallTask.labels, high: { of: 'kind', only: ['3', '4', '5'] } },
    teachers: { high: { model: net({ units: 10, classes: 3 }), speaks: 'high', train: { epochs: 1, batchSize: 60 } }, ...smallTask.teachers },
  }),

  /** Names that would lead elsewhere, or that differ in nothing but their case. */
  'odd names': () => ({
    ...smallTask, compare: {}, alpha: 0.5, train: { epochs: 1, batchSize: 100 },
    teachers: { '../../out': smallTask.teachers!['low']!, 'a/b': smallTask.teachers!['low']!, 'a-b': smallTask.teachers!['low']!, 'A-B': smallTask.teachers!['low']! },
  }),

  /** 40,000 samples; every question to the teacher is an event. */
  'many questions': (_, happened) => ({
    ...taught(async ({ image }) => {
      happened(`asked ${image!.shape[0]}`);
      await new Promise((resolve) => setImmediate(resolve));
      return threeOf(image as Tensor2D);
    }),
    data: { train: ['idx', { images: 'many.idx', labels: 'many-labels.idx', space: 'kind' }], labelled: 60 },
    train: { epochs: 1, batchSize: 4000 },
  }),

  /** What the teacher answers depends on a file that kd knows nothing of. */
  'silent change': ({ base }) => taught(({ image }) => matMul(threeOf(image as Tensor2D), reshape(JSON.parse(readFileSync(join(base, 'weights.json'), 'utf8')) as number[], [3, 3]))),

  'teacher is NaN': () => taught(({ image }) => fill([image!.shape[0]!, 3], Number.NaN)),
  'teacher is NaN for one sample': () => taught(({ image }) => {
    const rows = image!.shape[0]!;
    // The first few samples are asked about before anything else.
    return where(equal(reshape(range(0, rows), [rows, 1]), 300), Number.NaN, threeOf(image as Tensor2D));
  }),
  'teacher of another shape': () => taught(({ image }) => slice(image as Tensor2D, [0, 0], [-1, 4])),
  'teacher throws': () => taught(() => {
    throw new Error('the model server is gone');
  }),
};
