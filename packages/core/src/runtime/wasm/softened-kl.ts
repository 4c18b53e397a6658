import { SoftenedKl, type SoftenedKlAttrs } from '../../tensor/softened-kl.ts';
import { floats, makeFloats } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** KL at a temperature and its gradient in one pass; the backend's own kernels would take nine, each over few numbers. */
export const softenedKl: TrainingKernel = trainingKernel<'logits' | 'logTarget', SoftenedKlAttrs>(SoftenedKl, () => ({ inputs, attrs: { temperature: T }, backend }) => {
  const [batch = 0, columns = 0] = inputs.logits.shape;
  const value = makeFloats(backend, [batch]);
  const slope = makeFloats(backend, [batch, columns]);
  const logits = floats(backend, inputs.logits);
  const logTarget = floats(backend, inputs.logTarget);
  const values = floats(backend, value);
  const slopes = floats(backend, slope);
  for (let row = 0; row < batch; row++) {
    const [start, end] = [row * columns, (row + 1) * columns];
    let highest = -Infinity;
    for (let i = start; i < end; i++) if (!(logits[i]! <= highest)) highest = logits[i]!;
    let total = 0;
    for (let i = start; i < end; i++) total += slopes[i] = Math.exp((logits[i]! - highest) / T);
    const norm = Math.log(total);
    let divergence = 0;
    for (let i = start; i < end; i++) {
      const p = Math.exp(logTarget[i]!);
      divergence += p * (logTarget[i]! - (logits[i]! - highest) / T + norm);
      slopes[i] = T * (slopes[i]! / total - p);
    }
    values[row] = T * T * divergence;
  }
  return [value, slope];
});
