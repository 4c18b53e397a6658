import { beforeAll, describe, expect, test } from 'vitest';
import { startWasm, type KdConfig } from '../../src/index.ts';
import { config, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

/** α at each step of a run of eight. */
async function alphas(options: object): Promise<number[]> {
  const { history } = await summaryOf(config({ alpha: ['schedule', options], train: { epochs: 8, batchSize: 48 } } as Partial<KdConfig>));
  return history.map(({ alpha }) => alpha!);
}

describe('α on a curve', () => {
  const to = (done: (step: number) => number): number[] => Array.from({ length: 8 }, (_, step) => 0.8 + (0.2 - 0.8) * done(step));
  const cases: [options: object, expected: number[]][] = [
    [{ form: 'linear', from: 0.8, to: 0.2 }, to((step) => step / 8)],
    [{ form: 'linear', from: 0.8, to: 0.2, steps: 4 }, to((step) => Math.min(1, step / 4))],
    [{ form: 'cosine', from: 0.8, to: 0.2, steps: 4 }, to((step) => (1 - Math.cos((Math.PI * Math.min(4, step)) / 4)) / 2)],
    [{ form: 'polynomial', from: 0.8, power: 2, steps: 4 }, Array.from({ length: 8 }, (_, step) => 0.8 * (1 - Math.min(1, step / 4)) ** 2)],
    [{ form: 'exponential', from: 0.8, gamma: 0.5 }, Array.from({ length: 8 }, (_, step) => 0.8 * 0.5 ** step)],
    [{ form: 'step', from: 0.8, gamma: 0.5, every: 3 }, [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2]],
    [{ form: 'multi-step', from: 0.8, gamma: 0.5, milestones: [1, 6] }, [0.8, 0.4, 0.4, 0.4, 0.4, 0.4, 0.2, 0.2]],
  ];

  test.each(cases)('%j', async (options, expected) => {
    (await alphas(options)).forEach((alpha, step) => expect(alpha).toBeCloseTo(expected[step]!, 6));
  });
});
