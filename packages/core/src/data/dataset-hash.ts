import { kdError } from '../errors/kd-error.ts';
import { fingerprint, sha256 } from '../tensor/hash.ts';
import { sizeOf, type Dataset } from './dataset.ts';
import { readProblem } from './dataset-problem.ts';
import { expectFinite } from './expect-samples.ts';
import { newArray } from './reused-arrays.ts';

/** Values hashed at once. */
const CHUNK = 1 << 22;

/**
 * What identifies a data set in fingerprints: its samples and its labels.
 *
 * @param where names it in messages
 * @param samples what {@link samplesHash} gave, where it is known already
 */
export async function datasetHash(dataset: Dataset, where: string = 'The data', samples?: string): Promise<string> {
  const labels = Object.fromEntries(await Promise.all(Object.entries(dataset.labels).map(async ([space, values]) => [space, await sha256(bytesOf(values))])));
  return fingerprint({ samples: samples ?? await samplesHash(dataset, where), labels });
}

/**
 * What identifies a data set's samples, without their labels: the reader's own hash, or one of all ids and inputs.
 *
 * @param where names the data set in messages
 * @throws KD_DATA_NOT_FINITE for values that are no numbers, where the reader has not looked at them itself;
 *   KD_DATA_REFERENCE where `read` returns values in place of writing them
 */
export async function samplesHash(dataset: Dataset, where: string = 'The data'): Promise<string> {
  if (dataset.hash) return dataset.hash;
  const ids = await sha256(new TextEncoder().encode(Array.from({ length: dataset.size }, (_, row) => dataset.id(row)).join('\n')));
  const inputs: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(dataset.inputs)) {
    const rowsAtOnce = Math.max(1, Math.floor(CHUNK / sizeOf(spec)));
    const hashes: string[] = [];
    for (let start = 0; start < dataset.size; start += rowsAtOnce) {
      const rows = Array.from({ length: Math.min(rowsAtOnce, dataset.size - start) }, (_, i) => start + i);
      const values = newArray(spec.dtype, rows.length * sizeOf(spec));
      const given: unknown = await dataset.read(name, rows, values);
      const wrong = readProblem(given, values);
      if (wrong !== undefined) throw kdError('KD_DATA_REFERENCE', { where, received: wrong });
      expectFinite(`Input '${name}' of ${where}`, values, sizeOf(spec), start);
      hashes.push(await sha256(bytesOf(values)));
    }
    inputs[name] = { spec, hashes };
  }
  return fingerprint({ ids, inputs });
}

function bytesOf(values: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
