import { dispose } from '@tensorflow/tfjs-core';
import { labelsFor, pickStratified, readInputs, sizeOf, type Dataset, type NamedTensors, type ResolvedConfig } from '@kd/core';
import type { OpenStudent } from './open-student.ts';

const MOST_SAMPLES = 20;
/** Numbers of all samples together: they are written out, twice. */
const MOST_NUMBERS = 60_000;

/** Some test samples, spread over the classes, as the student reads them. The caller disposes them. */
export async function goldenInputs(test: Dataset, { heads, inputs }: OpenStudent, { random, spaces }: ResolvedConfig): Promise<NamedTensors> {
  const width = Object.values(test.inputs).reduce((sum, spec) => sum + sizeOf(spec), 0);
  const samples = Math.max(1, Math.min(MOST_SAMPLES, test.size, Math.floor(MOST_NUMBERS / width)));
  const { space } = heads[0]!;
  const labels = space.kind === 'classes' ? labelsFor(test, space, spaces) : undefined;
  const rows = pickStratified(Array.from({ length: test.size }, (_, row) => row), (row) => labels?.[row] ?? 0, samples, random.stream('golden'));
  const raw = await readInputs(test, rows);
  const bound = inputs(raw);
  const kept = new Set(Object.values(bound));
  dispose(Object.values(raw).filter((tensor) => !kept.has(tensor)));
  return bound;
}
