import { SoftenedKl, type SoftenedKlAttrs } from '../../tensor/softened-kl.ts';
import { exponential } from './exponential.ts';
import { floats, makeFloats } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** KL at a temperature and its gradient; of the backend's own kernels it would take twelve calls, each over few numbers. */
export const softenedKl: TrainingKernel = trainingKernel<'logits' | 'target', SoftenedKlAttrs>(SoftenedKl, () => ({ inputs, attrs: { temperature: T, targetTemperature }, backend }) => {
  const [batch = 0, columns = 0] = inputs.logits.shape;
  const value = makeFloats(backend, [batch]);
  const slope = makeFloats(backend, [batch, columns]);
  const [logits, target] = [floats(backend, inputs.logits), floats(backend, inputs.target)];
  const [values, slopes] = [floats(backend, value), floats(backend, slope)];
  const [per, targetPer] = [1 / T, 1 / targetTemperature];
  const [powers, targetPowers] = [new Float64Array(columns), new Float64Array(columns)];
  for (let row = 0; row < batch; row++) {
    const start = row * columns;
    let highest = -Infinity;
    let targetHighest = -Infinity;
    for (let i = start; i < start + columns; i++) {
      // NaN becomes the highest, and the row with it.
      if (!(logits[i]! <= highest)) highest = logits[i]!;
      if (!(target[i]! <= targetHighest)) targetHighest = target[i]!;
    }
    let total = 0;
    let targetTotal = 0;
    let difference = 0;
    for (let i = 0; i < columns; i++) {
      const log = (logits[start + i]! - highest) * per;
      const targetLog = (target[start + i]! - targetHighest) * targetPer;
      const targetPower = exponential(targetLog);
      total += powers[i] = exponential(log);
      targetTotal += targetPowers[i] = targetPower;
      difference += targetPower * (targetLog - log);
    }
    const share = 1 / total;
    const targetShare = 1 / targetTotal;
    for (let i = 0; i < columns; i++) slopes[start + i] = T * (powers[i]! * share - targetPowers[i]! * targetShare);
    values[row] = T * T * (difference * targetShare + Math.log(total * targetShare));
  }
  return [value, slope];
});
