import { kdError } from '../errors/kd-error.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { Dataset } from '../data/dataset.ts';
import { samplesHash } from '../data/dataset-hash.ts';
import { partOf } from '../data/part-of.ts';
import { pickStratified } from '../data/pick-stratified.ts';
import { studentData } from '../data/student-data.ts';

/**
 * Takes a share of the labelled samples out of the training data, to validate by: as even over the classes as they allow, and
 * the same for the same seed.
 *
 * @throws KD_DATA_LABELS_MISSING where the data has no labels of the student's heads
 */
export async function holdBack(whole: Dataset, share: number, { heads, spaces, random }: ResolvedConfig): Promise<{ readonly train: Dataset; readonly validation: Dataset }> {
  const { labelled, labels } = studentData({ dataset: whole, wanted: heads, spaces, random });
  if (labelled.length === 0) throw kdError('KD_DATA_LABELS_MISSING', { space: heads[0]!.name, known: Object.keys(whole.labels), who: 'data.validation, a share of the labels,' });
  const count = Math.max(1, Math.round(share * labelled.length));
  const first = heads.find(({ kind }) => kind === 'classes');
  const held = pickStratified(labelled, (row) => (first ? labels[first.name]![row]! : 0), count, random.stream('validation'));
  const isHeld = new Set(held);
  const kept = Int32Array.from({ length: whole.size }, (_, row) => row).filter((row) => !isHeld.has(row));
  if (kept.length === 0) throw kdError('KD_DATA_EMPTY', { what: `data.train without the share of ${share} that data.validation holds back` });
  const hash = await samplesHash(whole, 'data.train');
  return { train: await partOf(whole, kept, hash), validation: await partOf(whole, held, hash) };
}
