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
