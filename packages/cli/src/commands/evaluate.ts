import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bindInputs, evaluate as judge, fromLayersModel, headOf, kdError, openData, parametersOf, startBackend } from '@kd/core';
import { loadLayersModel } from '@kd/node';
import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { safeText } from '../output/safe-text.ts';
import { count, score, table } from '../output/table.ts';
import { openSession } from '../session.ts';

/** `kd evaluate <student>`: judges a saved student on the test data of the config. */
export async function evaluate(given: string, flags: GlobalFlags): Promise<void> {
  const { resolved } = await openSession(flags);
  await startBackend(resolved);
  const { config } = resolved;
  const data = await openData(resolved);
  for (const warning of data.warnings) reporterFor(flags).warn?.(warning);
  if (!data.test) throw kdError('KD_USAGE', { problem: 'kd evaluate needs data.test in the config', next: 'Add it: the data that the student is judged on.' });
  const file = modelFile(resolve(given));
  const model = fromLayersModel((await loadLayersModel(file)).model);
  const heads = resolved.heads.map((space) => headOf(model, space, config.student.heads?.[space.name]));
  for (const { output } of heads) model.wantLogits(output);
  const inputs = bindInputs('the student', model.inputs, data.test.inputs, config.student.inputs, config.student.preprocess);
  const scores = await judge(model, heads, data.test, inputs, resolved.spaces);
  const rows = Object.entries(scores).map(([name, own]) => [name, score(own), count(own.samples)]);
  print(flags, { model: file, parameters: parametersOf(model), heads: scores }, () => `\n  ${safeText(file)}, ${count(parametersOf(model))} parameters\n\n${table([['head', 'accuracy', 'samples'], ...rows])}\n\n`);
}

/** A model's file, its folder, or the folder of the run that made it. */
function modelFile(given: string): string {
  const candidates = [given, join(given, 'model.json'), join(given, 'student', 'model.json')];
  const found = candidates.find((candidate) => candidate.endsWith('.json') && existsSync(candidate));
  if (!found) throw kdError('KD_FILE_MISSING', { file: candidates.join(' or '), what: 'The student' });
  return found;
}
