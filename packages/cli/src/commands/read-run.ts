import { kdError, type Summary } from '@kd/core';
import { readSummary } from '@kd/node';

/** What a run has found. @throws KD_USAGE where the folder holds no finished run, KD_FILE_INVALID */
export function readRun(folder: string): Summary {
  const summary = readSummary(folder);
  if (!summary) throw kdError('KD_USAGE', { problem: `${folder} holds no finished run`, next: 'Run `npx kd run` first, or name the folder of a run, such as runs/<name>.' });
  return summary;
}
