import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { Backend } from '@kd/core';
import { describeNative, startNative } from '../native.ts';
import { students } from './students.ts';
import { Trainer, type Losses } from './trainer.ts';

let backend: Backend & { readonly warnings: string[] };

/** To float rounding: a compiled function may fuse what runs one by one. */
function expectSame(compiled: Losses, eager: Losses): void {
  compiled.losses.forEach((loss, i) => expect(loss / eager.losses[i]!, `loss of step ${i}`).toBeCloseTo(1, 4));
  compiled.weights.forEach((values, i) => {
    const most = Math.max(...Array.from(values, (value, at) => Math.abs(value - eager.weights[i]![at]!)));
    expect(most, `tensor ${i} of the state`).toBeLessThan(1e-4);
  });
}

describeNative('a compiled step', () => {
  beforeAll(async () => {
    backend = await startNative();
  });

  it.each(Object.keys(students))('trains %s as an eager one does, over 50 steps, and keeps nothing', async (name) => {
    const trainer = await Trainer.of(backend, students[name]!);
    await trainer.train('eager', 1);
    const eager = await trainer.train('eager', 50);
    const before = tf.memory().numTensors;
    let after3 = 0;
    let after50 = 0;
    const compiled = await trainer.train('compiled', 50, (step) => {
      if (step === 3) after3 = backend.memory().tensors;
      if (step === 49) after50 = backend.memory().tensors;
    });
    expectSame(compiled, eager);
    expect(eager.losses.at(-1)).toBeLessThan(eager.losses[0]!);
    expect(after50).toBe(after3);
    expect(tf.memory().numTensors).toBe(before);
    expect(backend.warnings).toEqual([]);
  });

  it.each(['a CNN', 'a separable CNN with batch norm'])('as an XLA program trains %s as an eager one does', async (name) => {
    const xla = await startNative({ xla: true });
    const trainer = await Trainer.of(xla, students[name]!);
    const [compiled, eager] = [await trainer.train('compiled', 10), await trainer.train('eager', 10)];
    compiled.losses.forEach((loss, i) => expect(loss / eager.losses[i]!, `loss of step ${i}`).toBeCloseTo(1, 3));
    expect(xla.warnings).toEqual([]);
  });
});
