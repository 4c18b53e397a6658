import { EvenMean } from '../../tensor/even-mean.ts';
import { floats, makeFloats } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** The mean of a loss and its slope; of the backend's own kernels it would take three calls, each over few numbers. */
export const evenMean: TrainingKernel = trainingKernel<'perSample' | 'slope' | 'count', object>(EvenMean, () => ({ inputs, backend }) => {
  const mean = makeFloats(backend, []);
  const slope = makeFloats(backend, inputs.slope.shape);
  const count = floats(backend, inputs.count)[0]!;
  floats(backend, mean)[0] = sumOf(floats(backend, inputs.perSample)) / count;
  const [from, to] = [floats(backend, inputs.slope), floats(backend, slope)];
  for (let i = 0; i < to.length; i++) to[i] = from[i]! / count;
  return [mean, slope];
});

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
