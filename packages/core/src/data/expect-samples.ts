import { kdError } from '../errors/kd-error.ts';

/** Refuses ids that stand twice. @param where names the data in messages. @throws KD_DATA_DUPLICATE_ID */
export function expectUniqueIds(ids: readonly string[], where: string): void {
  const seen = new Map<string, number>();
  ids.forEach((id, row) => {
    const before = seen.get(id);
    if (before !== undefined) throw kdError('KD_DATA_DUPLICATE_ID', { id, rows: [before, row], where });
    seen.set(id, row);
  });
}

/**
 * Refuses values that are no numbers. Some kernels turn NaN into a number, so it is looked for here and not in the loss.
 *
 * @param width values of one sample
 * @param start row of the first value
 * @throws KD_DATA_NOT_FINITE
 */
export function expectFinite(where: string, values: ArrayLike<number>, width: number, start: number = 0): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw kdError('KD_DATA_NOT_FINITE', { where, row: start + Math.floor(i / width), value: String(values[i]) });
  }
}
