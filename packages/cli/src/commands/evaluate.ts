import { resolve } from 'node:path';
import { evaluate as judge, kdError, openData, parametersOf, startBackend } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { safeText } from '../output/safe-text.ts';
import { count, score, table } from '../output/table.ts';
import { openSession } from '../session.ts';
import { openStudent } from './open-student.ts';

/** `kd evaluate <student>`: judges a saved student on the test data of the config. */
export async function evaluate(given: string, flags: GlobalFlags): Promise<void> {
  const { resolved } = await openSession(flags);
  await startBackend(resolved);
  const data = await openData(resolved);
  for (const warning of data.warnings) reporterFor(flags).warn?.(warning);
  if (!data.test) throw kdError('KD_USAGE', { problem: 'kd evaluate needs data.test in the config', next: 'Add it: the data that the student is judged on.' });
  const { file, model, heads, inputs } = await openStudent(resolve(given), resolved, data.test);
  const scores = await judge(model, heads, data.test, inputs, resolved.spaces);
  const rows = Object.entries(scores).map(([name, own]) => [name, score(own), count(own.samples)]);
  print(flags, { model: file, parameters: parametersOf(model), heads: scores }, () => `\n  ${safeText(file)}, ${count(parametersOf(model))} parameters\n\n${table([['head', 'accuracy', 'samples'], ...rows])}\n\n`);
}
