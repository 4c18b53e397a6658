import { resolve } from 'node:path';
import { defineTeacherSource, type Strategy, type Token } from '@kd/core';
import { BASE_FOLDER } from '@kd/node';
import { onnxOptions, type OnnxOptions } from './onnx-options.ts';
import { onnxTeacher } from './onnx-teacher.ts';

/** A model in the ONNX format as a teacher: `source: ['onnx', { path: './teachers/cats.onnx' }]`. */
export const onnx: Strategy<'teacher', OnnxOptions, { base: Token<string> }> = defineTeacherSource({
  name: 'onnx',
  summary: 'An ONNX model, as PyTorch, scikit-learn and others export it; asked through onnxruntime-node or onnxruntime-web.',
  inject: { base: BASE_FOLDER },
  options: onnxOptions,
  create: (given, { base }) => ({ open: (teacher) => onnxTeacher(resolve(base, given.path), base, given, teacher) }),
});
