import { resolve } from 'node:path';
import { defineTeacherSource, type Strategy, type TeacherOutput, type Token } from '@kd/core';
import { BASE_FOLDER } from '@kd/node';
import { z } from 'zod';
import { onnxTeacher } from './onnx-teacher.ts';

/** Options of the teacher source {@link onnx}. */
export interface OnnxOptions {
  /** The file, e.g. `./teachers/cats.onnx`; weights in files of their own lie beside it. */
  readonly path: string;
  /** Which output answers; needed where there are several and none is called `logits`. */
  readonly output?: string | undefined;
  /** From the model's inputs to those of the data, where they have other names. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** What the output is; `logits` when left out. A teacher of values gives `values`. */
  readonly gives?: TeacherOutput | undefined;
}

const options: z.ZodType<OnnxOptions> = z.strictObject({
  path: z.string().min(1),
  output: z.string().min(1).optional(),
  inputs: z.record(z.string(), z.string()).optional(),
  gives: z.enum(['logits', 'probabilities', 'log-probabilities', 'values']).optional(),
});

/** A model in the ONNX format as a teacher: `source: ['onnx', { path: './teachers/cats.onnx' }]`. */
export const onnx: Strategy<'teacher', OnnxOptions, { base: Token<string> }> = defineTeacherSource({
  name: 'onnx',
  summary: 'An ONNX model, as PyTorch, scikit-learn and others export it; asked through onnxruntime-node or onnxruntime-web.',
  inject: { base: BASE_FOLDER },
  options,
  create: (given, { base }) => ({ open: (teacher) => onnxTeacher(resolve(base, given.path), base, given, teacher) }),
});
