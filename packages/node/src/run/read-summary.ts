import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kdError, type Summary } from '@kd/core';
import { z } from 'zod';
import { parseJson } from '../files/parse-json.ts';
import { readWhole } from '../files/read-file.ts';
import { shapeProblem } from '../files/shape-problem.ts';

const largest = 1 << 26;
const amount = z.number().nonnegative();
const score = z.looseObject({ accuracy: amount.optional(), meanSquaredError: amount.optional(), samples: amount });
const student = z.looseObject({ heads: z.record(z.string(), score), parameters: amount, hash: z.string() });
const summarySchema = z.looseObject({
  schema: z.literal(1), name: z.string(), seed: z.number(), backend: z.string(), objective: z.string(),
  teachers: z.record(z.string(), score.extend({ space: z.string(), classes: amount, parameters: amount })),
  student, baseline: student.optional(), ceiling: student.optional(),
  data: z.looseObject({ train: amount, labelled: amount, test: amount }),
  steps: amount, seconds: z.record(z.string(), amount), versions: z.record(z.string(), z.string()), hashes: z.record(z.string(), z.string()),
  history: z.array(z.record(z.string(), z.number())), sections: z.record(z.string(), z.unknown()),
});

/** What the run in this folder found; undefined where none has ended there. @throws KD_FILE_INVALID, KD_FILE_UNREADABLE, KD_FILE_TOO_LARGE */
export function readSummary(folder: string): Summary | undefined {
  const file = join(folder, 'summary.json');
  if (!existsSync(file)) return undefined;
  const found = parseJson(readWhole(file, 'Summary', largest), file, 'summary');
  const { error } = summarySchema.safeParse(found);
  if (error) throw kdError('KD_FILE_INVALID', { file, expected: 'summary', problem: shapeProblem(error) });
  return found as Summary;
}
