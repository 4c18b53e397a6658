import { join, resolve } from 'node:path';
import { evaluate, fromLayersModel, inputSources, kdError, openData, parametersOf, startBackend, type Model, type Score } from '@kd/core';
import { exportStudent } from '@kd/export';
import type { WeightPrecision } from '@kd/node';
import type { GlobalFlags } from '../flags.ts';
import { exportTable } from '../output/export-table.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { openSession } from '../session.ts';
import { factsOf } from './export-facts.ts';
import { goldenInputs } from './golden-inputs.ts';
import { openStudent } from './open-student.ts';
import { readRun } from './read-run.ts';

export interface ExportFlags extends GlobalFlags {
  readonly to?: string;
  readonly precision?: string;
  readonly budget?: string;
  readonly onnx?: boolean;
}

const precisions: readonly string[] = ['float32', 'float16', 'uint8'] satisfies WeightPrecision[];

/** `kd export [run]`: the student as it ships, judged again as it was written. */
export async function exportRun(given: string | undefined, flags: ExportFlags): Promise<void> {
  const { precision = 'float32', to } = flags;
  if (!precisions.includes(precision)) throw kdError('KD_USAGE', { problem: `--precision ${precision}: expected ${precisions.join(', ')}`, next: 'uint8 is the smallest; the accuracy that is printed says what it costs.' });
  const budget = flags.budget === undefined ? undefined : bytesIn(flags.budget);
  const { resolved, runFolder } = await openSession(flags);
  const run = given === undefined ? runFolder : resolve(given);
  const summary = readRun(run);
  await startBackend(resolved);
  const data = await openData(resolved);
  for (const warning of data.warnings) reporterFor(flags).warn?.(warning);
  const student = await openStudent(run, resolved, data.test ?? data.train);
  const { test } = data;
  const { inputs: named, preprocess } = resolved.config.student;
  const judge = (model: Model): Promise<Record<string, Score>> => (test ? evaluate(model, student.heads, test, student.inputs, resolved.spaces) : Promise.resolve({}));
  const before = await judge(student.model);
  let after: Record<string, Score> = {};
  const made = await exportStudent({
    folder: to === undefined ? join(run, 'export') : resolve(to), name: summary.name, student: student.model.layersModel!, heads: student.heads, spaces: resolved.spaces,
    precision: precision as WeightPrecision, onnx: flags.onnx ?? false, prepared: preprocess !== undefined,
    ...(preprocess ? {} : { data: inputSources('the student', student.model.inputs, data.train.inputs, named).map((name) => ({ name, shape: data.train.inputs[name]!.shape })) }),
    samples: test && (await goldenInputs(test, student, resolved)),
    facts: async (shipped) => factsOf(summary, (after = await judge(fromLayersModel(shipped)))),
  });
  const weights = made.files['weights.bin']!;
  print(flags, { folder: made.folder, files: made.files, difference: made.difference, precision, heads: after, before }, () => exportTable({ ...made, precision, before, after, parameters: parametersOf(student.model) }));
  made.model.dispose();
  if (budget !== undefined && weights > budget) throw kdError('KD_EXPORT_BUDGET', { file: join(made.folder, 'weights.bin'), bytes: weights, budget, precision });
}

const units: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6 };

/** `300kb` in bytes. */
function bytesIn(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(b|kb|mb)$/i.exec(text) ?? [];
  if (number === undefined) throw kdError('KD_USAGE', { problem: `--budget ${text}: expected a size`, next: 'Write for example --budget 300kb or --budget 1.5mb.' });
  return Number(number) * units[unit!.toLowerCase()]!;
}
