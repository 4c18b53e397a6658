import type { TeacherOutput } from '@kd/core';
import { z } from 'zod';
import type { FromEnvironment, HeaderValue } from './secrets.ts';

/** Options of the teacher source `http`. */
export interface HttpOptions {
  /** Where the model answers: the whole address of TensorFlow Serving's predict, or that of the model in the v2 protocol. */
  readonly url: string | FromEnvironment;
  readonly protocol: 'tensorflow-serving' | 'v2';
  /** Which output answers; needed where there are several and none is called `logits`. */
  readonly output?: string | undefined;
  /** From the model's inputs to those of the data, where they have other names. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** What the output is; `logits` when left out. A teacher of values gives `values`. */
  readonly gives?: TeacherOutput | undefined;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** Most samples in a request. */
  readonly batchSize: number;
  /** Most requests at a time. */
  readonly concurrency: number;
  /** Seconds that one request may take, from the connection to the last byte. */
  readonly timeout: number;
  /** How often a request that failed is sent again. */
  readonly retries: number;
  /** Allows `http:` to other machines: whoever listens reads data, answers and keys. */
  readonly insecure: boolean;
}

const text = z.string().min(1);
const fromEnvironment = z.strictObject({ env: text });

export const httpOptions: z.ZodType<HttpOptions> = z.strictObject({
  url: z.union([text, fromEnvironment]),
  protocol: z.enum(['tensorflow-serving', 'v2']).default('tensorflow-serving'),
  output: text.optional(),
  inputs: z.record(z.string(), z.string()).optional(),
  gives: z.enum(['logits', 'probabilities', 'log-probabilities', 'values']).optional(),
  headers: z.record(text, z.union([z.string(), fromEnvironment])).default({}),
  batchSize: z.int().positive().default(64),
  concurrency: z.int().positive().max(64).default(2),
  timeout: z.number().positive().max(3600).default(30),
  retries: z.int().nonnegative().max(10).default(3),
  insecure: z.boolean().default(false),
});
