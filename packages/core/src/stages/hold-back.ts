import { kdError } from '../errors/kd-error.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { Dataset } from '../data/dataset.ts';
import { samplesHash } from '../data/dataset-hash.ts';
import { partOf } from '../data/part-of.ts';
import { pickStratified } from '../data/pick-stratified.ts';
import { studentData } from '../data/student-data.ts';

/** The training data, and what judges its trainings. */
export interface HeldBack {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  /** How many labels are left for the student, where their number is limited. */
  readonly labelled: number | undefined;
  /** Names the samples of both together, where one was taken out of the other. */
  readonly wholeHash?: string;
}

/**
 * Takes a share of the labels that the student may see out of the training data, with their samples, to validate by: as even
 * over the classes as they allow, and the same for the same seed.
 *
 * @throws KD_DATA_LABELS_MISSING where the data has no labels of the student's heads; KD_DATA_EMPTY where nothing is left
 */
export async function holdBack(whole: Dataset, share: number, { config, heads, spaces, random }: ResolvedConfig): Promise<HeldBack> {
  const limit = config.data.labelled;
  const { labelled, labels } = studentData({ dataset: whole, wanted: heads, spaces, random, labelled: limit });
  if (labelled.length === 0) throw kdError('KD_DATA_LABELS_MISSING', { space: heads[0]!.name, known: Object.keys(whole.labels), who: 'data.validation, a share of the labels,' });
  const count = Math.max(1, Math.round(share * labelled.length));
  const first = heads.find(({ kind }) => kind === 'classes');
  const held = pickStratified(labelled, (row) => (first ? labels[first.name]![row]! : 0), count, random.stream('validation'));
  const isHeld = new Set(held);
  const kept = Int32Array.from({ length: whole.size }, (_, row) => row).filter((row) => !isHeld.has(row));
  if (kept.length === 0 || held.length === limit) throw kdError('KD_DATA_EMPTY', { what: `${limit === undefined ? 'data.train' : 'data.labelled'} without the share of ${share} that data.validation holds back` });
  const hash = await samplesHash(whole, 'data.train');
  return { train: await partOf(whole, kept, hash), validation: await partOf(whole, held, hash), labelled: limit && limit - held.length, wholeHash: hash };
}
