import { KdError, kdError } from '../errors/kd-error.ts';
import { withoutStop } from '../errors/wording.ts';
import { blamed } from './blame.ts';
import { saysExhausted } from './exhaustion.ts';

/** What a run fails with: kd's own error, which says what to do, where memory has run out for good, a gradient is missing or a strategy failed; else what was thrown. */
export function failureOf(error: unknown): unknown {
  if (error instanceof KdError || !(error instanceof Error)) return error;
  const operation = /gradient function not found for (\w+)/.exec(error.message)?.[1];
  if (operation) return kdError('KD_GRADIENT_MISSING', { operation }, error);
  if (saysExhausted(error)) return kdError('KD_MEMORY_EXHAUSTED', { problem: withoutStop(error.message) }, error);
  return blamed(error);
}
