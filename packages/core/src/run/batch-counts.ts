import type { SampledRows } from '../data/sampler.ts';
import type { Objective } from '../objective/objective.ts';

/** How many samples of the whole batch each term covers: what its sum is divided by, also in micro-batches. */
export function countsOf({ hard, soft }: Objective, { labelled, transfer }: SampledRows, labels: Readonly<Record<string, Int32Array | Float32Array>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, granularity } of hard) counts[name] = withLabel(labelled, labels[granularity.name], granularity.space.classes.length);
  for (const { name, loss, granularity, head } of soft) {
    const own = labels[head.space.name];
    const labelOf = (row: number): number => granularity.view.label(own![row]!);
    counts[name] = loss.needs?.labels && own instanceof Int32Array ? transfer.reduce((count, row) => count + (labelOf(row) >= 0 ? 1 : 0), 0) : transfer.length;
  }
  return counts;
}

function withLabel(rows: Int32Array, labels: Int32Array | Float32Array | undefined, width: number): number {
  if (!labels) return 0;
  let count = 0;
  for (const row of rows) count += labels instanceof Int32Array ? Number(labels[row]! >= 0) : Number(!labels.subarray(row * width, (row + 1) * width).some(Number.isNaN));
  return count;
}
