import { sizeOf, type Dataset, type LabelSpace } from '@kd/core';

const FIRST = 3;

/** The first samples as they were read, a row each, so that a wrong column or order is seen: id, labels, and each input in short. */
export async function firstSamples(dataset: Dataset, spaces: ReadonlyMap<string, LabelSpace>): Promise<readonly (readonly string[])[]> {
  const rows = Array.from({ length: Math.min(FIRST, dataset.size) }, (_, row) => row);
  const lines = rows.map((row) => [dataset.id(row), labelsOf(dataset, row, spaces)]);
  for (const [name, spec] of Object.entries(dataset.inputs)) {
    const width = sizeOf(spec);
    const values = spec.dtype === 'int32' ? new Int32Array(width * rows.length) : new Float32Array(width * rows.length);
    await dataset.read(name, rows, values);
    rows.forEach((row, i) => lines[i]!.push(`${name} [${spec.shape.join(' × ')}] ${inShort(values.subarray(row * width, (row + 1) * width))}`));
  }
  return lines;
}

/** The labels of a sample; those of a space of values are not shown. */
function labelsOf({ labels, size }: Dataset, row: number, spaces: ReadonlyMap<string, LabelSpace>): string {
  const nameOf = (space: string, label: number): string => (label < 0 ? 'none' : (spaces.get(space)?.classes[label] ?? String(label)));
  return Object.entries(labels).map(([space, values]) => `${space} ${values.length === size ? nameOf(space, values[row]!) : '…'}`).join(', ') || 'no label';
}

function inShort(values: Float32Array | Int32Array): string {
  if (values.length <= 6) return Array.from(values, (value) => Number(value.toFixed(3))).join(' ');
  let [least, most, sum] = [Infinity, -Infinity, 0];
  for (const value of values) [least, most, sum] = [Math.min(least, value), Math.max(most, value), sum + value];
  return `${least.toFixed(2)} to ${most.toFixed(2)}, mean ${(sum / values.length).toFixed(3)}`;
}
