import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kdError, type Summary } from '@kd/core';
import { parseJson, readWhole } from '@kd/node';

/** What a run has found. @throws KD_USAGE where the folder holds no finished run */
export function readSummary(folder: string): Summary {
  const file = join(folder, 'summary.json');
  if (!existsSync(file)) throw kdError('KD_USAGE', { problem: `${folder} holds no finished run`, next: 'Run `npx kd run` first, or name the folder of a run, such as runs/<name>.' });
  return parseJson(readWhole(file, 'Summary', 1 << 26), file, 'summary') as Summary;
}
