import { SoftenedKl, type SoftenedKlAttrs } from '../../tensor/softened-kl.ts';
import { floats, makeFloats, release, run } from './kernel-calls.ts';
import { subtractHighest } from './subtract-highest.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** KL at a temperature and its gradient; of the backend's own kernels it would take twelve calls, each over few numbers. */
export const softenedKl: TrainingKernel = trainingKernel<'logits' | 'target', SoftenedKlAttrs>(SoftenedKl, () => ({ inputs, attrs: { temperature: T, targetTemperature }, backend }) => {
  const [batch = 0, columns = 0] = inputs.logits.shape;
  const size = batch * columns;
  // Student and teacher lie side by side, for one call of the native exponential.
  const logs = makeFloats(backend, [2, batch, columns]);
  subtractHighest(floats(backend, inputs.logits), columns, T, floats(backend, logs).subarray(0, size));
  subtractHighest(floats(backend, inputs.target), columns, targetTemperature, floats(backend, logs).subarray(size));
  const powers = run(backend, 'Exp', { x: logs });
  const value = makeFloats(backend, [batch]);
  const slope = makeFloats(backend, [batch, columns]);
  const [from, to] = [floats(backend, powers), floats(backend, slope)];
  const [log, values] = [floats(backend, logs), floats(backend, value)];
  for (let row = 0; row < batch; row++) {
    const [start, end] = [row * columns, (row + 1) * columns];
    let total = 0;
    let targetTotal = 0;
    for (let i = start; i < end; i++) {
      total += from[i]!;
      targetTotal += from[size + i]!;
    }
    const norms = Math.log(total / targetTotal);
    const [share, targetShare] = [1 / total, 1 / targetTotal];
    let divergence = 0;
    for (let i = start; i < end; i++) {
      const p = from[size + i]! * targetShare;
      divergence += p * (log[size + i]! - log[i]! + norms);
      to[i] = T * (from[i]! * share - p);
    }
    values[row] = T * T * divergence;
  }
  release(backend, logs, powers);
  return [value, slope];
});
