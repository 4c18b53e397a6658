import type { Reporter } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { jsonReporter, progressReporter } from './progress.ts';

/** How a command's progress is shown, by its flags and by where stderr goes. */
export function reporterFor({ quiet, json }: GlobalFlags): Reporter {
  if (quiet) return {};
  const live = process.stderr.isTTY === true && !process.env['CI'] && process.env['TERM'] !== 'dumb';
  return json ? jsonReporter(process.stderr) : progressReporter(process.stderr, live);
}
