import type { TeacherOutput } from '@kd/core';
import { z } from 'zod';

/** Options of the teacher source `onnx`. */
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

export const onnxOptions: z.ZodType<OnnxOptions> = z.strictObject({
  path: z.string().min(1),
  output: z.string().min(1).optional(),
  inputs: z.record(z.string(), z.string()).optional(),
  gives: z.enum(['logits', 'probabilities', 'log-probabilities', 'values']).optional(),
});
