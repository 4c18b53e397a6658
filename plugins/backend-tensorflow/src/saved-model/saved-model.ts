import { resolve } from 'node:path';
import { defineTeacherSource, type Strategy, type Token } from '@kd/core';
import { BASE_FOLDER } from '@kd/node';
import { z } from 'zod';
import { savedModelTeacher, type SavedModelOptions } from './saved-model-teacher.ts';

const options: z.ZodType<SavedModelOptions> = z.strictObject({
  path: z.string().min(1),
  signature: z.string().min(1).optional(),
  output: z.string().min(1).optional(),
  inputs: z.record(z.string(), z.string()).optional(),
  gives: z.enum(['logits', 'probabilities', 'log-probabilities', 'values']).optional(),
});

/** A model in TensorFlow's own format as a teacher: `source: ['saved-model', { path: './teachers/cats' }]`. */
export const savedModel: Strategy<'teacher', SavedModelOptions, { base: Token<string> }> = defineTeacherSource({
  name: 'saved-model',
  summary: 'A SavedModel, as TensorFlow and Keras write it, asked through one of its signatures; on the tensorflow backend.',
  inject: { base: BASE_FOLDER },
  options,
  create: (given, { base }) => ({ open: (teacher) => savedModelTeacher(resolve(base, given.path), given, teacher) }),
});
