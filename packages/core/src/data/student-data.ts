import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { Random } from '../tensor/random.ts';
import type { Dataset } from './dataset.ts';
import { labelsFor } from './labels-for.ts';
import { pickStratified } from './pick-stratified.ts';

/** What a student is trained on: which samples carry labels, and which carry teachers. */
export interface StudentData {
  readonly dataset: Dataset;
  /** Labels by space, -1 (or NaN) where the student must not see one. */
  readonly labels: Readonly<Record<string, Int32Array | Float32Array>>;
  /** Rows with a label of any of the spaces. */
  readonly labelled: Int32Array;
  /** The transfer set: rows that teachers are asked about. */
  readonly transfer: Int32Array;
}

export interface StudentDataOptions {
  readonly dataset: Dataset;
  /** Heads and granularities with a label loss; the first is the one that `labelled` is picked by. */
  readonly wanted: readonly LabelSpace[];
  readonly spaces: ReadonlyMap<string, LabelSpace>;
  /** How many labelled samples the student may see; all when left out. */
  readonly labelled?: number | undefined;
  readonly random: Random;
  /** Only samples with a label, e.g. to train a teacher on what its space covers. */
  readonly labelledOnly?: boolean;
}

/** Picks the labelled samples and hides the labels of all others. */
export function studentData({ dataset, wanted, spaces, labelled: asked, random, labelledOnly = false }: StudentDataOptions): StudentData {
  const known = new Map(wanted.map((space) => [space, labelsFor(dataset, space, spaces)]));
  const rows: number[] = [];
  for (let row = 0; row < dataset.size; row++) if (wanted.some((space) => isKnown(known.get(space), space, row))) rows.push(row);
  let labelled = Int32Array.from(rows);
  if (asked !== undefined && asked < labelled.length) {
    const first = wanted.find((space) => known.get(space) && space.kind === 'classes');
    const labels = first && known.get(first);
    labelled = pickStratified(labelled, (row) => labels?.[row] ?? 0, asked, random.stream('labelled')) as Int32Array<ArrayBuffer>;
  } else if (asked !== undefined && asked > labelled.length) {
    throw kdError('KD_DATA_LABELLED_TOO_MANY', { asked, available: labelled.length });
  }
  const labels: Record<string, Int32Array | Float32Array> = {};
  for (const space of wanted) labels[space.name] = visible(known.get(space), space, dataset.size, labelled);
  const transfer = labelledOnly ? labelled : Int32Array.from({ length: dataset.size }, (_, row) => row);
  return { dataset, labels, labelled, transfer };
}

/** Whether a row has a label of the space. @param labels of all rows; undefined where the data says nothing about the space */
export function isKnown(labels: Int32Array | Float32Array | undefined, space: LabelSpace, row: number): boolean {
  if (!labels) return false;
  if (space.kind === 'classes') return labels[row]! >= 0;
  const width = space.classes.length;
  return !labels.subarray(row * width, (row + 1) * width).some(Number.isNaN);
}

/** The labels of the chosen rows; all others are hidden. */
function visible(labels: Int32Array | Float32Array | undefined, space: LabelSpace, size: number, rows: Int32Array): Int32Array | Float32Array {
  if (space.kind === 'classes') {
    const shown = new Int32Array(size).fill(-1);
    if (labels) for (const row of rows) shown[row] = labels[row]!;
    return shown;
  }
  const width = space.classes.length;
  const shown = new Float32Array(size * width).fill(Number.NaN);
  if (labels) for (const row of rows) shown.set(labels.subarray(row * width, (row + 1) * width), row * width);
  return shown;
}
