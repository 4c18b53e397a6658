import { kdError } from '../errors/kd-error.ts';
import { shown } from '../errors/shown.ts';

/**
 * Refuses what is no array of numbers, such as names or lists of lists. Whether the numbers are finite is another check.
 *
 * @param what names the array in messages
 * @param expected what it should hold
 * @throws KD_DATA_ARRAY
 */
export function expectArray(what: string, values: unknown, expected: string): asserts values is ArrayLike<number> {
  if (ArrayBuffer.isView(values) && !(values instanceof DataView || values instanceof BigInt64Array || values instanceof BigUint64Array)) return;
  if (!Array.isArray(values)) throw kdError('KD_DATA_ARRAY', { what, expected, received: shown(values), next: nextFor(values) });
  const at = values.findIndex((value) => typeof value !== 'number');
  if (at >= 0) throw kdError('KD_DATA_ARRAY', { what, expected, received: `${shown(values[at])} at ${at}`, next: nextFor(values[at]) });
}

function nextFor(value: unknown): string {
  if (Array.isArray(value)) return 'Write the values of all samples one after the other, as `.flat(Infinity)` does.';
  if (typeof value === 'string') return 'Names of classes are counted from 0, in the order of the label space: names.indexOf(name).';
  return 'Give plain numbers, in an array or a typed array.';
}
