import { KdError, kdError } from '../errors/kd-error.ts';
import { withoutStop } from '../errors/row.ts';

/** What runtimes say when they have no memory left; TensorFlow's status is RESOURCE_EXHAUSTED. */
const WORDS = /out of memory|exhausted|allocation failed|cannot enlarge memory|memory access out of bounds|\boom\b/i;

/** Whether memory ran out. Also inside a teacher that answers live, whose error is the cause of kd's own. */
export function isExhaustion(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return WORDS.test(error.message) || error instanceof RangeError || isExhaustion(error.cause);
}

/** What a run fails with: where memory has run out for good, kd's own error, which says what to do; else what was thrown. */
export function toldIfExhausted(error: unknown): unknown {
  if (error instanceof KdError || !(error instanceof Error) || !WORDS.test(error.message)) return error;
  return kdError('KD_MEMORY_EXHAUSTED', { problem: withoutStop(error.message) }, error);
}
