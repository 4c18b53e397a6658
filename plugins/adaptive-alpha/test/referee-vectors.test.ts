import { describe, expect, test } from 'vitest';
import { alphaAt, baseAt } from '../src/referee/alpha-at.ts';
import { averageMeasurement } from '../src/referee/average.ts';
import { capOnLabels } from '../src/referee/cap.ts';
import { trustOnFewLabels } from '../src/referee/few-labels.ts';
import { decide, judge } from '../src/referee/judge.ts';
import { labelTrust } from '../src/referee/label-trust.ts';
import { measure, type Measurement } from '../src/referee/measure.ts';
import { sharesOf } from '../src/referee/shares.ts';
import type { RefereeState } from '../src/referee/state.ts';
import { trustIn } from '../src/referee/trust.ts';
import { readJson } from './golden.ts';

const { vectors, tolerance } = readJson('referee') as { tolerance: number; vectors: { fn: string; desc: string; input: any; output: any }[] };

const measurement = ({ d, se, nu }: any): Measurement => ({ advantage: d, error: se, disputed: nu });
const plain = ({ advantage, error, disputed }: Measurement): object => ({ d: advantage, se: error, nu: disputed });
const counts = ({ n, b, c, e }: any) => ({ count: n, teacherOnly: b, studentOnly: c, sameWrong: e });
const base = (p: number): number => baseAt(p, 0.9, 0.1);

const functions: Record<string, (input: any) => unknown> = {
  measure: (input) => plain(measure(counts(input))),
  ema: ({ old, new: fresh }) => plain(averageMeasurement(measurement(old), measurement(fresh))),
  trust: ({ d, se, x0 }) => trustIn({ advantage: d, error: se }, x0),
  rho: ({ lams, nus }) => labelTrust(lams, nus),
  shares: ({ lams }) => sharesOf(lams),
  cap: ({ accTrain, accVal, trustFull }) => capOnLabels(accTrain, accVal, trustFull),
  alpha: ({ p, lams, rho, cap }) => alphaAt({ base: base(p), trusts: lams, labelTrust: rho, cap }),
  tiny: ({ correct, covered, classes }) => trustOnFewLabels(correct, covered, classes),
  step: wholeStep,
};

/** A probe with accuracies that are averages already. */
function wholeStep({ progress, counts: given, full, accTrain, accVal, state }: any): object {
  const before: RefereeState = {
    interval: 25, fixed: null, believed: false, labelTrust: 1, cap: 1, trainAccuracy: accTrain, heldOutAccuracy: null,
    judged: full.map((isFull: boolean, g: number) => ({
      name: String(g), full: isFull, trust: 0,
      average: state && measurement(state[g]), first: state && state[g].x0,
    })),
  };
  const granularities = Object.fromEntries(given.map((one: any, g: number) => [String(g), counts(one)]));
  const after = decide({ ...judge(before, { granularities, studentAccuracy: accVal }), heldOutAccuracy: accVal });
  const trusts = after.judged.map(({ trust }) => trust);
  return {
    state: after.judged.map(({ average, first }) => ({ ...plain(average!), x0: first })),
    trust: trusts, rho: after.labelTrust, cap: after.cap, shares: sharesOf(trusts),
    alpha: alphaAt({ base: base(progress), trusts, labelTrust: after.labelTrust, cap: after.cap }),
  };
}

function expectAlike(received: any, expected: any, where: string): void {
  if (typeof expected === 'number') return expect(Math.abs(received - expected), `${where}: ${received} is not ${expected}`).toBeLessThanOrEqual(tolerance);
  expect(Object.keys(received).sort()).toEqual(Object.keys(expected).sort());
  for (const key of Object.keys(expected)) expectAlike(received[key], expected[key], `${where}.${key}`);
}

describe('the referee’s arithmetic', () => {
  test.each(vectors)('$fn: $desc', ({ fn, input, output }) => expectAlike(functions[fn]!(input), output, fn));

  test('every function of the algorithm has a vector', () => {
    expect(new Set(vectors.map(({ fn }) => fn))).toEqual(new Set(Object.keys(functions)));
  });
});
