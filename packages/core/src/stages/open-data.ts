import { Mistakes } from '../config/mistakes.ts';
import { kdError } from '../errors/kd-error.ts';
import { listOf } from '../errors/wording.ts';
import type { DataReference } from '../config/config.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetHash, samplesHash } from '../data/dataset-hash.ts';
import { expectUniqueIds } from '../data/expect-samples.ts';
import { expectSpaces } from '../data/expect-spaces.ts';
import { expectLabels } from '../data/expect-labels.ts';
import { isSpec } from '../plugin/spec.ts';
import { LOADER } from './services.ts';

export interface OpenedData {
  readonly train: Dataset;
  readonly trainHash: string;
  /** Of the training samples without their labels. */
  readonly samplesHash: string;
  readonly test: Dataset | undefined;
  readonly testHash: string | undefined;
  /** What people should know of it, a sentence each. */
  readonly warnings: readonly string[];
  /** Closes what readers have opened; data sets that the config gave are its owner's. */
  close(): Promise<void>;
}

/** Opens the data and checks it: ids, labels, that there is any. */
export async function openData(resolved: ResolvedConfig): Promise<OpenedData> {
  const { data } = resolved.config;
  const mistakes = new Mistakes();
  const train = await mistakes.attemptLater(() => openOne(data.train, 'data.train', resolved));
  const test = data.test === undefined ? undefined : await mistakes.attemptLater(() => openOne(data.test!, 'data.test', resolved));
  const close = async (): Promise<void> => {
    if (train !== data.train) await train?.close?.();
    if (test !== data.test) await test?.close?.();
  };
  try {
    mistakes.throwIfAny('The data');
  } catch (error) {
    await close();
    throw error;
  }
  const samples = await samplesHash(train!, 'data.train');
  return {
    train: train!, trainHash: await datasetHash(train!, 'data.train', samples), samplesHash: samples, test, testHash: test && (await datasetHash(test, 'data.test')),
    warnings: [...warningsOf(train!, 'data.train'), ...warningsOf(test, 'data.test')], close,
  };
}

function warningsOf(dataset: Dataset | undefined, where: string): readonly string[] {
  const { length } = dataset?.leftOut ?? [];
  return length === 0 ? [] : [`${where} leaves out ${length === 1 ? 'a sample' : `${length} samples`}: ${listOf(dataset!.leftOut!)}`];
}

async function openOne(reference: DataReference, where: string, { registry, services, spaces }: ResolvedConfig): Promise<Dataset> {
  let found: unknown = reference;
  if (typeof found === 'string' && !registry.has('data', found)) found = await services.get(LOADER, where).load(found, where);
  else if (isSpec(found)) found = await registry.resolve('data', found, where).open();
  if (typeof found === 'function') found = await (found as () => unknown)();
  if (!isDataset(found)) throw kdError('KD_DATA_REFERENCE', { where, received: typeof found });
  if (found.size === 0) throw kdError('KD_DATA_EMPTY', { what: where });
  expectUniqueIds(Array.from({ length: found.size }, (_, row) => (found as Dataset).id(row)), where);
  expectSpaces(found, spaces, where);
  expectLabels(found, spaces, where);
  return found;
}

function isDataset(value: unknown): value is Dataset {
  return typeof value === 'object' && value !== null && 'read' in value && 'size' in value && 'inputs' in value;
}
