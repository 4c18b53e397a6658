import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { spaceOf } from '../labels/space-of.ts';
import type { Dataset } from './dataset.ts';

/**
 * Refuses labels of unknown spaces and labels outside their space.
 *
 * @param where names the data in messages
 * @throws KD_LABEL_SPACE_UNKNOWN, KD_DATA_LENGTH, KD_DATA_LABEL_RANGE, KD_DATA_NOT_FINITE
 */
export function expectLabels(dataset: Dataset, spaces: ReadonlyMap<string, LabelSpace>, where: string): void {
  for (const [name, labels] of Object.entries(dataset.labels)) {
    const { kind, classes } = spaceOf(spaces, name, `the labels of ${where}`);
    const width = kind === 'values' ? classes.length : 1;
    const what = `${where} labels of '${name}'`;
    if (labels.length !== dataset.size * width) throw kdError('KD_DATA_LENGTH', { what, expected: dataset.size * width, received: labels.length });
    const isWrong = kind === 'values' ? isInfinite : (label: number): boolean => !Number.isInteger(label) || label < -1 || label >= classes.length;
    const wrong = labels.findIndex(isWrong);
    if (wrong < 0) continue;
    const found = { row: Math.floor(wrong / width), value: String(labels[wrong]) };
    throw kind === 'values' ? kdError('KD_DATA_NOT_FINITE', { where: what, ...found }) : kdError('KD_DATA_LABEL_RANGE', { where, ...found, space: name, classes: classes.length });
  }
}

/** NaN says that there is no label. */
function isInfinite(value: number): boolean {
  return Math.abs(value) === Infinity;
}
