import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { Objective } from '../objective/objective.ts';

/** Names of the numbers that a step reports, in the order of its stats vector. */
export type StatsLayout = readonly string[];

/** `correct` counts right answers in the labelled rows; `weight/<term>/<k>` is the mean weight of the term's k-th teacher, of several. */
export function statsLayout({ hard, soft, alpha }: Objective): StatsLayout {
  return [
    'loss', 'hard', 'soft', 'alpha', 'correct',
    ...[...hard, ...soft].map(({ name }) => `term/${name}`),
    ...soft.flatMap(({ name, teachers }) => (teachers.length > 1 ? teachers.map((_, k) => `weight/${name}/${k}`) : [])),
    'gradientNorm', ...(alpha.needs?.gradients ? ['norm/hard', 'norm/soft', 'cosine'] : []),
  ];
}

/** The named scalars as one vector; NaN where a number was not given. */
export function statsVector(layout: StatsLayout, values: Readonly<Record<string, Scalar | number>>): Tensor1D {
  return tf.stack(layout.map((name) => {
    const value = values[name] ?? Number.NaN;
    return typeof value === 'number' ? tf.scalar(value) : value.dtype === 'float32' ? value : tf.cast(value, 'float32');
  })) as Tensor1D;
}

/** Stats as numbers by name. */
export function readStats(layout: StatsLayout, values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(layout.map((name, i) => [name, values[i]!]));
}

/**
 * Stats of micro-batches as those of their whole: sums of parts, for every mean was divided by the whole batch's count.
 * A part without rows of a side knows nothing of its terms. What belongs to the batch as such is taken from the last part
 * that knows it.
 */
export function joinStats(parts: readonly Record<string, number>[]): Record<string, number> {
  const names = Object.keys(parts.at(-1)!);
  return Object.fromEntries(names.map((name) => {
    const known = parts.map((part) => part[name]!).filter((value) => !Number.isNaN(value));
    if (/^(loss|hard|soft)$/.test(name)) return [name, parts.reduce((sum, part) => sum + part[name]!, 0)];
    if (/^(correct|term\/)/.test(name)) return [name, known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0)];
    return [name, known.at(-1) ?? Number.NaN];
  }));
}
