import { GroupedLogSumExp, type GroupedLogSumExpAttrs } from '../../tensor/grouped-log-sum-exp.ts';
import { exponential } from './exponential.ts';
import { floats, makeFloats } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * Log-sum-exp of disjoint groups of columns, each shifted by its own maximum, and each column's share of its group; of the
 * backend's own kernels it would take ten calls, each over few numbers.
 */
export const groupedLogSumExp: TrainingKernel = trainingKernel<'x', GroupedLogSumExpAttrs>(GroupedLogSumExp, () => ({ inputs: { x }, attrs: { groups }, backend }) => {
  const [batch = 0, columns = 0] = x.shape;
  const sums = makeFloats(backend, [batch, groups.length]);
  const shares = makeFloats(backend, [batch, columns]);
  const [from, out, parts] = [floats(backend, x), floats(backend, sums), floats(backend, shares)];
  parts.fill(0);
  const powers = new Float64Array(columns);
  for (let group = 0; group < groups.length; group++) {
    const members = groups[group]!;
    for (let row = 0; row < batch; row++) {
      const start = row * columns;
      let highest = -Infinity;
      for (let i = 0; i < members.length; i++) {
        const value = from[start + members[i]!]!;
        if (!(value <= highest)) highest = value;
      }
      let total = 0;
      for (let i = 0; i < members.length; i++) total += powers[i] = exponential(from[start + members[i]!]! - highest);
      const share = 1 / total;
      for (let i = 0; i < members.length; i++) parts[start + members[i]!] = powers[i]! * share;
      out[row * groups.length + group] = highest + Math.log(total);
    }
  }
  return [sums, shares];
});
