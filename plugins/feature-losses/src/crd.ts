import { defineLoss, sizeOf, type LossContext, type LossFacts, type StateEntry, type Strategy } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { contrast, remember } from './contrast.ts';
import { dense, denseState } from './dense.ts';
import { featurePair, featuresOf, needsOf, type FeaturePair } from './feature-pair.ts';
import { normalise } from './normalise.ts';

export interface CrdOptions extends FeaturePair {
  /** Width of the space in which both sides are compared; default 128. */
  readonly dimensions: number;
  /** Other samples that each sample is told apart from; default 4096. A step holds `2 · batch · negatives · dimensions` numbers for them. */
  readonly negatives: number;
  /** Default 0.07. */
  readonly temperature: number;
  /** Share of the old memory that is kept when a sample comes by, in [0, 1); default 0.5. */
  readonly momentum: number;
}

const options: z.ZodType<CrdOptions> = z.strictObject({
  ...featurePair,
  dimensions: z.int().positive().default(128),
  negatives: z.int().positive().default(4096),
  temperature: z.number().positive().default(0.07),
  momentum: z.number().min(0).lt(1).default(0.5),
});

/**
 * Contrastive representation distillation (Tian, Krishnan and Isola, 2020): student and teacher features of the same
 * sample should be near each other and far from those of other samples. Both sides have a trained embedding, and a
 * memory of the last embedding of each sample of the data set, which changes with every step. Negatives are drawn from
 * all other samples, by the run's random source.
 */
export const crd: Strategy<'loss', CrdOptions, {}> = defineLoss({
  name: 'crd',
  summary: 'Contrasts a layer of the student with a layer of a teacher, over a memory of all samples.',
  options,
  create: (given) => ({
    role: 'soft',
    label: `CRD(${given.studentLayer}→${given.teacherLayer})`,
    needs: needsOf(given),
    state: (facts) => crdState(given, facts),
    compute(input, context) {
      const { state, rows } = context;
      const features = featuresOf(input, given);
      const student = embed(features.student, state['studentKernel']!, state['studentBias']!);
      const teacher = embed(features.teacher, state['teacherKernel']!, state['teacherBias']!);
      const memory = { student: state['studentMemory'] as Tensor2D, teacher: state['teacherMemory'] as Tensor2D };
      const { perSample, normalisers } = contrast({
        student, teacher, memory, rows,
        negatives: drawNegatives(context, memory.student.shape[0], given.negatives),
        normalisers: state['normalisers'] as Tensor1D,
        temperature: given.temperature,
      });
      return {
        perSample,
        updates: {
          normalisers,
          studentMemory: remember(memory.student, rows, student, given.momentum),
          teacherMemory: remember(memory.teacher, rows, teacher, given.momentum),
        },
      };
    },
  }),
});

/** Vectors of length 1. @param features `[batch, ...]` → `[batch, dimensions]` */
function embed(features: Tensor, kernel: Tensor, bias: Tensor): Tensor2D {
  return normalise(dense(tf.reshape(features, [features.shape[0]!, -1]), kernel, bias)) as Tensor2D;
}

function crdState({ studentLayer, teacherLayer, dimensions }: CrdOptions, { studentFeatures, teacherFeatures, samples }: LossFacts): Readonly<Record<string, StateEntry>> {
  const student = denseState(sizeOf({ shape: studentFeatures[studentLayer]! }), dimensions);
  const teacher = denseState(sizeOf({ shape: teacherFeatures[teacherLayer]! }), dimensions);
  const bound = 1 / Math.sqrt(dimensions / 3);
  const memory: StateEntry = { shape: [samples, dimensions], trainable: false, initial: { uniform: [-bound, bound] } };
  return {
    studentKernel: student.kernel, studentBias: student.bias,
    teacherKernel: teacher.kernel, teacherBias: teacher.bias,
    studentMemory: memory, teacherMemory: memory,
    // 0 until the first batch sets them.
    normalisers: { shape: [2], trainable: false, initial: 'zeros' },
  };
}

/** Positions of other samples, each as likely. @returns int32 `[batch, count]` */
function drawNegatives({ random, rows }: LossContext, samples: number, count: number): Tensor2D {
  const draws = random.uniform([rows.shape[0], count], 'crd/negatives');
  const steps = tf.add(tf.minimum(tf.floor(tf.mul(draws, samples - 1)), Math.max(0, samples - 2)), 1);
  const ahead = tf.add(tf.expandDims(tf.cast(rows, 'float32'), 1), steps);
  return tf.cast(tf.sub(ahead, tf.mul(tf.cast(tf.greaterEqual(ahead, samples), 'float32'), samples)), 'int32') as Tensor2D;
}
