import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { viewOf } from '../labels/view.ts';
import type { Dataset } from './dataset.ts';

/**
 * The data's labels as labels of `space`: its own, or those of a space that `space` is a view of. Undefined when the data
 * says nothing about it.
 *
 * @returns one class index a row, -1 where unknown or not covered; for values `size × dimensions` numbers
 */
export function labelsFor(dataset: Dataset, space: LabelSpace, spaces: ReadonlyMap<string, LabelSpace>): Int32Array | Float32Array | undefined {
  const own = dataset.labels[space.name];
  if (own) return own;
  for (const [name, labels] of Object.entries(dataset.labels)) {
    const from = spaces.get(name);
    const view = from && viewOf(from, space);
    if (view) return (labels as Int32Array).map((label) => view.label(label));
  }
  return undefined;
}

/** Refuses labels of unknown spaces and labels outside their space. */
export function expectLabels(dataset: Dataset, spaces: ReadonlyMap<string, LabelSpace>, where: string): void {
  for (const [name, labels] of Object.entries(dataset.labels)) {
    const space = spaces.get(name);
    if (!space) throw kdError('KD_LABEL_SPACE_UNKNOWN', { name, where: `the labels of ${where}`, known: [...spaces.keys()] });
    if (space.kind === 'values') {
      const width = space.classes.length;
      const expected = dataset.size * width;
      if (labels.length !== expected) throw kdError('KD_DATA_LENGTH', { what: `${where} labels of '${name}'`, expected, received: labels.length });
      const infinite = labels.findIndex((value) => Math.abs(value) === Infinity);
      if (infinite >= 0) throw kdError('KD_DATA_NOT_FINITE', { where: `${where} labels of '${name}'`, row: Math.floor(infinite / width), value: String(labels[infinite]) });
      continue;
    }
    if (labels.length !== dataset.size) throw kdError('KD_DATA_LENGTH', { what: `${where} labels of '${name}'`, expected: dataset.size, received: labels.length });
    for (let row = 0; row < labels.length; row++) {
      const label = labels[row]!;
      if (!Number.isInteger(label) || label < -1 || label >= space.classes.length) {
        throw kdError('KD_DATA_LABEL_RANGE', { where, row, value: String(label), space: name, classes: space.classes.length });
      }
    }
  }
}
