import { Mistakes } from '../config/mistakes.ts';
import { kdError } from '../errors/kd-error.ts';
import { listOf, messageOf } from '../errors/wording.ts';
import type { DataReference } from '../config/config.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetHash, samplesHash } from '../data/dataset-hash.ts';
import { datasetProblem, idProblem } from '../data/dataset-problem.ts';
import { expectUniqueIds } from '../data/expect-samples.ts';
import { expectSpaces } from '../data/expect-spaces.ts';
import { expectLabels } from '../data/expect-labels.ts';
import { isSpec } from '../plugin/spec.ts';
import { holdBack, type HeldBack } from './hold-back.ts';
import { LOADER } from './services.ts';

export interface OpenedData {
  readonly train: Dataset;
  readonly trainHash: string;
  /** Of the training samples without their labels. */
  readonly samplesHash: string;
  /** `train` and what a share for `data.validation` took out of it; `hash` as `samplesHash`. */
  readonly whole: { readonly dataset: Dataset; readonly hash: string };
  readonly test: Dataset | undefined;
  readonly testHash: string | undefined;
  /** Judges trainings between their epochs. */
  readonly validation: Dataset | undefined;
  readonly validationHash: string | undefined;
  /** How many labels the student may learn from: `data.labelled`, without those that `data.validation` holds back. All when undefined. */
  readonly labelled: number | undefined;
  /** What people should know of it, a sentence each. */
  readonly warnings: readonly string[];
  /** Closes what readers have opened; data sets that the config gave are its owner's. */
  close(): Promise<void>;
}

/** Opens the data and checks it: ids, labels, that there is any. */
export async function openData(resolved: ResolvedConfig): Promise<OpenedData> {
  const { train: training, test: testing, validation: validating } = resolved.config.data;
  const mistakes = new Mistakes();
  const open = (reference: DataReference, where: string): Promise<Dataset | undefined> => mistakes.attemptLater(() => openOne(reference, where, resolved));
  const whole = await open(training, 'data.train');
  const test = testing === undefined ? undefined : await open(testing, 'data.test');
  const validation = validating === undefined || typeof validating === 'number' ? undefined : await open(validating, 'data.validation');
  const close = async (): Promise<void> => {
    if (whole !== training) await whole?.close?.();
    if (test !== testing) await test?.close?.();
    if (validation !== validating) await validation?.close?.();
  };
  try {
    mistakes.throwIfAny('The data');
    const warnings = [...warningsOf(whole, 'data.train'), ...warningsOf(test, 'data.test'), ...warningsOf(validation, 'data.validation')];
    const split: HeldBack = typeof validating === 'number' ? await read('data.train', () => holdBack(whole!, validating, resolved)) : { train: whole!, validation, labelled: resolved.config.data.labelled };
    const found = await hashed({ ...split, test });
    return { ...found, whole: { dataset: whole!, hash: split.wholeHash ?? found.samplesHash }, labelled: split.labelled, warnings, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function hashed({ train, test, validation }: Pick<OpenedData, 'train' | 'test' | 'validation'>): Promise<Omit<OpenedData, 'whole' | 'labelled' | 'warnings' | 'close'>> {
  const samples = await read('data.train', () => samplesHash(train, 'data.train'));
  const hashOf = async (dataset: Dataset | undefined, where: string): Promise<string | undefined> => dataset && read(where, () => datasetHash(dataset, where));
  return {
    train, trainHash: await datasetHash(train, 'data.train', samples), samplesHash: samples,
    test, testHash: await hashOf(test, 'data.test'),
    validation, validationHash: await hashOf(validation, 'data.validation'),
  };
}

async function read<T>(where: string, work: () => Promise<T>): Promise<T> {
  return ofData(where, 'a data set that failed while it was read', work);
}

function warningsOf(dataset: Dataset | undefined, where: string): readonly string[] {
  const { length } = dataset?.leftOut ?? [];
  return length === 0 ? [] : [`${where} leaves out ${length === 1 ? 'a sample' : `${length} samples`}: ${listOf(dataset!.leftOut!)}`];
}

async function openOne(reference: DataReference, where: string, { registry, services, spaces }: ResolvedConfig): Promise<Dataset> {
  let found: unknown = reference;
  const place = typeof reference === 'string' ? `${where} (${reference})` : where;
  if (typeof found === 'string' && !registry.has('data', found)) found = await services.get(LOADER, where).load(found, where);
  else if (isSpec(found)) found = await registry.resolve('data', found, where).open();
  if (typeof found === 'function') found = await ofData(place, 'a function that failed', async () => (found as () => unknown)());
  const problem = datasetProblem(found);
  if (problem !== undefined) throw kdError('KD_DATA_REFERENCE', { where: place, received: problem });
  const dataset = found as Dataset;
  if (dataset.size === 0) throw kdError('KD_DATA_EMPTY', { what: where });
  const ids = await ofData(place, 'a data set whose id failed', async () => Array.from({ length: dataset.size }, (_, row) => dataset.id(row)));
  ids.forEach((id, row) => {
    const wrong = idProblem(id, row);
    if (wrong !== undefined) throw kdError('KD_DATA_REFERENCE', { where: place, received: wrong });
  });
  expectUniqueIds(ids, where);
  expectSpaces(dataset, spaces, where);
  expectLabels(dataset, spaces, where);
  return dataset;
}

/** What a module's function throws is its own mistake, not one of kd. */
async function ofData<T>(where: string, received: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // By name: a module may bring its own copy of kd.
    if (error instanceof Error && error.name === 'KdError') throw error;
    throw kdError('KD_DATA_REFERENCE', { where, received: `${received} (${messageOf(error)})` }, error);
  }
}
