import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LabelSpace } from '../../src/labels/label-space.ts';
import { resolveLabelSpaces } from '../../src/labels/resolve-label-spaces.ts';
import { viewOf, type View } from '../../src/labels/view.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const FINE = Array.from({ length: 6 }, (_, i) => `f${i}`);
const runs = { numRuns: 40 };
const logits = (columns: number): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(fc.integer({ min: -3200, max: 3200 }).map((n) => n / 64), { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 3 });

/** Every class gets a group; groups without a class are left out. */
const partition = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: FINE.length, maxLength: FINE.length });
const subset = fc.uniqueArray(fc.constantFrom(...FINE), { minLength: 1, maxLength: FINE.length });

/** Every class is shared out among the groups; groups that get nothing are left out. */
const sharing = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }).filter((row) => row.some((part) => part > 0)), { minLength: FINE.length, maxLength: FINE.length });

function sharesOf(parts: readonly (readonly number[])[]): Record<string, Record<string, number>> {
  const shares: Record<string, Record<string, number>> = {};
  parts.forEach((row, i) => row.forEach((part, group) => {
    if (part > 0) (shares[`g${group}`] ??= {})[FINE[i]!] = part / row.reduce((sum, one) => sum + one, 0);
  }));
  return shares;
}

function groupsOf(owner: readonly number[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  owner.forEach((group, i) => (groups[`g${group}`] ??= []).push(FINE[i]!));
  return groups;
}

/** Float64, straight from the definition. */
function reference(row: readonly number[], { groups, shares }: View): number[] {
  return groups.map((members, g) => {
    const highest = Math.max(...members.map((f) => row[f]!));
    return highest + Math.log(members.reduce((sum, f, i) => sum + (shares?.[g]![i] ?? 1) * Math.exp(row[f]! - highest), 0));
  });
}

function softmax(row: readonly number[]): number[] {
  const highest = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Every kind of view on `fine`. */
const declared = fc.oneof(
  partition.map((owner) => ({ of: 'fine', groups: groupsOf(owner) })),
  sharing.map((parts) => ({ of: 'fine', shares: sharesOf(parts) })),
);
const covering = declared.map((seen) => resolveLabelSpaces({ fine: FINE, seen }));
const anySpace: fc.Arbitrary<{ readonly fine: LabelSpace; readonly seen: LabelSpace }> = fc
  .oneof(
    partition.map((owner) => ({ of: 'fine', groups: groupsOf(owner) })),
    sharing.map((parts) => ({ of: 'fine', shares: sharesOf(parts) })),
    subset.map((only) => ({ of: 'fine', only })),
    subset.filter((only) => only.length < FINE.length).map((only) => ({ of: 'fine', only, other: true })),
  )
  .map((seen) => {
    const spaces = resolveLabelSpaces({ fine: FINE, seen });
    return { fine: spaces.get('fine')!, seen: spaces.get('seen')! };
  });

describe('a view', () => {
  test('is the log-sum-exp of its members', () => {
    fc.assert(fc.property(anySpace, logits(6), ({ fine, seen }, rows) => {
      const view = viewOf(fine, seen)!;
      expectClose(view.apply(tf.tensor2d(rows)).dataSync(), rows.flatMap((row) => reference(row, view)));
    }), runs);
  });

  test('that covers everything sums probabilities, and they sum to 1', () => {
    fc.assert(fc.property(covering, logits(6), (spaces, rows) => {
      const view = viewOf(spaces.get('fine')!, spaces.get('seen')!)!;
      const probabilities = tf.softmax(view.apply(tf.tensor2d(rows))) as Tensor2D;
      expectClose(tf.sum(probabilities, -1).dataSync(), rows.map(() => 1));
      expectClose(probabilities.dataSync(), rows.flatMap((row) => {
        const fine = softmax(row);
        return view.groups.map((members, g) => members.reduce((sum, f, i) => sum + (view.shares?.[g]![i] ?? 1) * fine[f]!, 0));
      }));
      expect(view.coversAll).toBe(true);
    }), runs);
  });

  test('of a view is the view over both', () => {
    fc.assert(fc.property(declared, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), logits(6), (middle, sides, rows) => {
      const tops: Record<string, string[]> = {};
      Object.keys('groups' in middle ? middle.groups : middle.shares).forEach((group, i) => (tops[sides[i] ? 'left' : 'right'] ??= []).push(group));
      const spaces = resolveLabelSpaces({ fine: FINE, middle, top: { of: 'middle', groups: tops } });
      const [fine, between, top] = ['fine', 'middle', 'top'].map((name) => spaces.get(name)!) as [LabelSpace, LabelSpace, LabelSpace];
      const x = tf.tensor2d(rows);
      const stepwise = viewOf(between, top)!.apply(viewOf(fine, between)!.apply(x));
      expectClose(viewOf(fine, top)!.apply(x).dataSync(), [...stepwise.dataSync()]);
    }), runs);
  });

  test('does not depend on the order of the classes', () => {
    fc.assert(fc.property(declared, fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), logits(6), (space, order, rows) => {
      const straight = resolveLabelSpaces({ fine: FINE, seen: space });
      const mixed = resolveLabelSpaces({ fine: order.map((i) => FINE[i]!), seen: space });
      const seen = (spaces: ReadonlyMap<string, LabelSpace>, x: number[][]): Tensor2D => viewOf(spaces.get('fine')!, spaces.get('seen')!)!.apply(tf.tensor2d(x));
      expectClose(seen(mixed, rows.map((row) => order.map((i) => row[i]!))).dataSync(), [...seen(straight, rows).dataSync()]);
    }), runs);
  });

  test('has the gradient of its definition', () => {
    const weighted = (values: Tensor): Tensor => tf.sum(tf.mul(values, tf.range(1, values.shape[1]! + 1)));
    fc.assert(fc.property(anySpace, logits(6), ({ fine, seen }, rows) => {
      const view = viewOf(fine, seen)!;
      const gradient = tf.grad((x) => weighted(view.apply(x as Tensor2D)))(tf.tensor2d(rows));
      const value = (row: readonly number[]): number => reference(row, view).reduce((sum, seenLogit, g) => sum + seenLogit * (g + 1), 0);
      const h = 1e-5;
      expectClose(gradient.dataSync(), rows.flatMap((row) => row.map((_, f) => {
        const moved = (by: number): number[] => row.map((x, i) => (i === f ? x + by : x));
        return (value(moved(h)) - value(moved(-h))) / (2 * h);
      })));
    }), runs);
  });

  test('stays finite for logits a thousand apart', () => {
    const spaces = resolveLabelSpaces({ fine: ['a', 'b', 'c'], seen: { of: 'fine', groups: { both: ['a', 'b'], rest: ['c'] } } });
    const view = viewOf(spaces.get('fine')!, spaces.get('seen')!)!;
    const x = tf.tensor2d([[1000, -1000, 500], [-1000, -1000, -1000]]);
    expectClose(view.apply(x).dataSync(), [1000, 500, -1000 + Math.LN2, -1000]);
    expectClose(tf.grad((y) => tf.sum(view.apply(y as Tensor2D)))(x).dataSync(), [1, 0, 1, 0.5, 0.5, 1]);
  });

  test('and back: a lifted answer is a distribution, and without shares the answer when it is seen again', () => {
    fc.assert(fc.property(anySpace, logits(6), logits(6), ({ fine, seen }, answers, splits) => {
      const view = viewOf(fine, seen)!;
      const rows = Math.min(answers.length, splits.length);
      const answer = tf.tensor2d(answers.slice(0, rows).map((row) => row.slice(0, view.groups.length)));
      const within = tf.tensor2d(splits.slice(0, rows));
      const lifted = view.lift(answer, within);
      expectClose(tf.sum(tf.exp(lifted), -1).dataSync(), new Array<number>(rows).fill(1));
      if (!view.shares) expectClose(tf.logSoftmax(view.apply(lifted)).dataSync(), [...tf.logSoftmax(answer).dataSync()]);
      // Nothing changes where the answer is what the splits say already.
      expectClose(view.lift(view.apply(within), within).dataSync(), [...tf.logSoftmax(within).dataSync()]);
    }), runs);
  });

  test('keeps its index tensors and nothing else', () => {
    const spaces = resolveLabelSpaces({ fine: FINE, seen: { of: 'fine', groups: { a: FINE.slice(0, 2), b: FINE.slice(2) } } });
    const view = viewOf(spaces.get('fine')!, spaces.get('seen')!)!;
    const once = (): void => void tf.tidy(() => void tf.grad((x) => tf.sum(view.apply(x as Tensor2D)))(tf.zeros([2, 6])));
    once();
    const { numTensors } = tf.memory();
    once();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('shares', () => {
  const animals = ['cat', 'dog', 'cow'];
  const shared = (shares: Record<string, Record<string, number>>): ReadonlyMap<string, LabelSpace> => resolveLabelSpaces({ animal: animals, place: { of: 'animal', shares } });

  test('that are whole make an ordinary view', () => {
    const spaces = shared({ pet: { cat: 1, dog: 1, cow: 0 }, farm: { cow: 1 } });
    const view = viewOf(spaces.get('animal')!, spaces.get('place')!)!;
    expect(view).toMatchObject({ groups: [[0, 1], [2]], shares: undefined });
  });

  test.each([0.75, 0.95])('leave open where a label of a shared class belongs: %d', (part) => {
    const spaces = shared({ pet: { cat: 1, dog: part }, farm: { dog: 1 - part, cow: 1 } });
    const view = viewOf(spaces.get('animal')!, spaces.get('place')!)!;
    expect([0, 1, 2, -1].map((label) => view.label(label))).toEqual([0, -1, 1, -1]);
    expectClose(view.labels(tf.tensor1d([0, 1, 2, -1], 'int32')).dataSync(), [0, -1, 1, -1]);
    expectClose(tf.softmax(view.apply(tf.log(tf.tensor2d([[0.2, 0.4, 0.4]])))).dataSync(), [0.2 + 0.4 * part, 0.8 - 0.4 * part]);
  });

  test.each([
    ['KD_LABEL_SHARES', /dog.*pet 0.6 \+ farm 0.3 = 0.9/, { pet: { cat: 1, dog: 0.6 }, farm: { dog: 0.3, cow: 1 } }],
    ['KD_LABEL_SHARES', /dog/, { pet: { cat: 1, dog: 1.5 }, farm: { dog: -0.5, cow: 1 } }],
    ['KD_LABEL_SHARES', /cat/, { pet: { cat: NaN, dog: 1 }, farm: { cow: 1 } }],
    ['KD_LABEL_UNKNOWN', /'dgo' in labels\.place\.shares\.pet.*Did you mean 'dog'/, { pet: { cat: 1, dgo: 1 }, farm: { cow: 1 } }],
    ['KD_LABEL_UNGROUPED', /cow/, { pet: { cat: 1 }, farm: { dog: 1 } }],
    ['KD_LABEL_SPACE_EMPTY', /place\.shares\.farm/, { pet: { cat: 1, dog: 1, cow: 1 }, farm: { cow: 0 } }],
  ])('%s: %s', (code, message, shares) => {
    expect(() => shared(shares)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
