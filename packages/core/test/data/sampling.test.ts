import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { fromArrays, labelsFor, pickStratified, Random, resolveLabelSpaces, Sampler, studentData, type Dataset, type SamplerOptions } from '../../src/index.ts';
import { failure } from '../small-task.ts';

const settings = { numRuns: 100 };
const seed = fc.integer({ min: 0, max: 2 ** 32 });

/** Row numbers, some of them labelled, some of the labelled ones held out. */
const rows = fc.record({
  seed, size: fc.integer({ min: 1, max: 60 }), batchSize: fc.integer({ min: 1, max: 20 }), labelledBatchSize: fc.integer({ min: 1, max: 9 }),
  labelledShare: fc.integer({ min: 0, max: 10 }), heldOutShare: fc.integer({ min: 0, max: 5 }),
}).map(({ seed: own, size, labelledShare, heldOutShare, ...sizes }) => {
  const transfer = Int32Array.from({ length: size }, (_, i) => 3 * i + 1);
  const known = transfer.filter((_, i) => i % 10 < labelledShare);
  const heldOut = known.filter((_, i) => i % 10 < heldOutShare);
  const labelled = known.filter((_, i) => i % 10 >= heldOutShare);
  return { random: new Random(own), purpose: 'test', transfer, labelled, heldOut, ...sizes } satisfies Omit<SamplerOptions, 'mode'>;
});

describe('a sampler', () => {
  test.each(['joint', 'balanced'] as const)('goes once through the transfer set in every epoch, in another order: %s', (mode) => {
    fc.assert(fc.property(rows, (options) => {
      const sampler = new Sampler({ ...options, mode });
      expect(sampler.stepsPerEpoch).toBe(Math.ceil(options.transfer.length / options.batchSize));
      const epochs = [0, 1].map((epoch) => Array.from({ length: sampler.stepsPerEpoch }, (_, i) => sampler.rowsAt(epoch * sampler.stepsPerEpoch + i, false)));
      for (const steps of epochs) {
        expect(steps.flatMap(({ transfer }) => [...transfer]).sort((a, b) => a - b)).toEqual([...options.transfer]);
        expect(steps.every(({ transfer }) => transfer.length <= options.batchSize && transfer.length > 0)).toBe(true);
      }
      if (options.transfer.length > 12) expect(epochs[0]!.flatMap(({ transfer }) => [...transfer])).not.toEqual(epochs[1]!.flatMap(({ transfer }) => [...transfer]));
    }), settings);
  });

  test('a step’s rows do not depend on the steps that were taken before', () => {
    fc.assert(fc.property(rows, fc.constantFrom('joint' as const, 'balanced' as const), fc.array(fc.tuple(fc.nat(40), fc.boolean()), { minLength: 1, maxLength: 8 }), (options, mode, steps) => {
      const used = new Sampler({ ...options, mode });
      for (const [step, released] of steps) expect(used.rowsAt(step, released)).toEqual(new Sampler({ ...options, mode }).rowsAt(step, released));
    }), settings);
  });

  test('balanced: labelled rows are drawn from those that may be seen, held-out ones once they are released', () => {
    fc.assert(fc.property(rows, fc.nat(30), (options, step) => {
      const sampler = new Sampler({ ...options, mode: 'balanced' });
      const [before, after] = [sampler.rowsAt(step, false), sampler.rowsAt(step, true)];
      expect(before.labelled).toHaveLength(options.labelled.length === 0 ? 0 : options.labelledBatchSize);
      expect([...before.labelled].every((row) => options.labelled.includes(row))).toBe(true);
      const all = [...options.labelled, ...options.heldOut];
      expect(after.labelled).toHaveLength(all.length === 0 ? 0 : options.labelledBatchSize);
      expect([...after.labelled].every((row) => all.includes(row))).toBe(true);
      expect(after.transfer).toEqual(before.transfer);
    }), settings);
  });

  test.each([false, true])('balanced: each labelled row is drawn as often as any other, in another order at each step and in each unit; released %s', (released) => {
    const [labelled, heldOut] = [Int32Array.of(2, 3, 5, 7, 11, 13), Int32Array.of(17, 19)];
    const options: SamplerOptions = { random: new Random(1), purpose: 'a', transfer: labelled, labelled, heldOut, batchSize: 6, labelledBatchSize: 4, mode: 'balanced' };
    const draws = (own: SamplerOptions): number[][] => Array.from({ length: 600 }, (_, step) => [...new Sampler(own).rowsAt(step, released).labelled]);
    const drawn = draws(options);
    const pool = released ? [...labelled, ...heldOut] : [...labelled];
    const expected = (600 * 4) / pool.length;
    for (const row of pool) expect(Math.abs(drawn.flat().filter((each) => each === row).length / expected - 1)).toBeLessThan(0.2);
    expect(draws({ ...options, purpose: 'b' })).not.toEqual(drawn);
  });

  test('joint: the labelled rows are the transfer rows; seeds and purposes have orders of their own', () => {
    const transfer = Int32Array.from({ length: 50 }, (_, i) => i);
    const options: SamplerOptions = { random: new Random(1), purpose: 'a', transfer, labelled: transfer, heldOut: new Int32Array(0), batchSize: 50, labelledBatchSize: 4, mode: 'joint' };
    const own = new Sampler(options).rowsAt(0, false);
    expect(own).toMatchObject({ joint: true });
    expect(own.labelled).toEqual(own.transfer);
    expect(new Sampler({ ...options, random: new Random(2) }).rowsAt(0, false)).not.toEqual(own);
    expect(new Sampler({ ...options, purpose: 'b' }).rowsAt(0, false)).not.toEqual(own);
  });
});

describe('a stratified pick', () => {
  const classes = fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 80 });

  test('has as many rows as asked for, none twice, and as even over the classes as they allow', () => {
    fc.assert(fc.property(classes, fc.nat(90), seed, (labels, count, own) => {
      const all = Int32Array.from(labels, (_, i) => 2 * i);
      const labelOf = (row: number): number => labels[row / 2]!;
      const pick = (from: Int32Array): Int32Array => pickStratified(from, labelOf, count, new Random(own).stream('pick'));
      const picked = pick(all);
      expect(picked).toHaveLength(Math.min(count, labels.length));
      expect(new Set(picked).size).toBe(picked.length);
      expect([...picked]).toEqual([...picked].sort((a, b) => a - b));
      expect(pick(all)).toEqual(picked);
      const counts = new Map<number, { picked: number; there: number }>();
      for (const row of all) {
        const known = counts.get(labelOf(row)) ?? { picked: 0, there: 0 };
        counts.set(labelOf(row), { picked: known.picked + (picked.includes(row) ? 1 : 0), there: known.there + 1 });
      }
      const most = Math.max(...[...counts.values()].map((each) => each.picked));
      // A class with fewer than the most has given all that it has, but for the last turn.
      for (const each of counts.values()) expect(each.picked === each.there || each.picked >= most - 1).toBe(true);
    }), settings);
  });
});

const spaces = resolveLabelSpaces({ letter: ['a', 'b', 'c'], early: { of: 'letter', only: ['a', 'b'] }, fine: ['x', 'y'], sum: { of: 'fine', groups: { xy: ['x', 'y'] } }, place: { values: ['x', 'y'] } });
const space = (name: string) => spaces.get(name)!;

/** A data set of so many samples with the given labels. */
function labelled(letter: readonly number[], place?: readonly number[]): Dataset {
  return fromArrays({ inputs: { x: { shape: [], values: letter.map(() => 0) } }, labels: { letter, ...(place ? { place } : {}) } });
}

describe('what a student sees', () => {
  const some = fc.array(fc.record({ label: fc.integer({ min: -1, max: 2 }), at: fc.option(fc.float({ noNaN: true, noDefaultInfinity: true }), { nil: Number.NaN }) }), { minLength: 1, maxLength: 50 });

  test('labels of the picked rows and of no others; every row is in the transfer set', () => {
    fc.assert(fc.property(some, fc.nat(50), seed, (samples, count, own) => {
      const letter = samples.map(({ label }) => label);
      const place = samples.flatMap(({ at }) => [at, 0.5]);
      const known = letter.filter((label, row) => label >= 0 || !Number.isNaN(place[row * 2])).length;
      fc.pre(known > 0 && count <= known && count > 0);
      const data = studentData({ dataset: labelled(letter, place), wanted: [space('letter'), space('early'), space('place')], spaces, labelled: count, random: new Random(own) });
      expect(data.labelled).toHaveLength(count);
      expect([...data.transfer]).toEqual(letter.map((_, row) => row));
      const visible = new Set(data.labelled);
      letter.forEach((label, row) => {
        expect(data.labels['letter']![row]).toBe(visible.has(row) ? label : -1);
        expect(data.labels['early']![row]).toBe(visible.has(row) && label < 2 ? label : -1);
        for (const i of [0, 1]) expect(data.labels['place']![row * 2 + i]).toBe(visible.has(row) ? Math.fround(place[row * 2 + i]!) : Number.NaN);
        if (visible.has(row)) expect(label >= 0 || !Number.isNaN(place[row * 2])).toBe(true);
      });
    }), settings);
  });

  test('all labels where no number is asked for; labelled rows alone where only those are wanted', () => {
    const dataset = labelled([0, -1, 2, 1, -1]);
    const own = { dataset, wanted: [space('letter')], spaces, random: new Random(1) };
    expect([...studentData(own).labelled]).toEqual([0, 2, 3]);
    expect([...studentData({ ...own, labelledOnly: true }).transfer]).toEqual([0, 2, 3]);
    expect([...studentData({ ...own, wanted: [space('early')] }).labelled]).toEqual([0, 3]);
    expect([...studentData({ ...own, labelled: 2 }).labelled]).toEqual([...studentData({ ...own, labelled: 2 }).labelled]);
  });

  test('labels are picked as evenly over the classes as there are', () => {
    const letter = Array.from({ length: 60 }, (_, row) => (row % 10 === 0 ? 1 : row % 10 === 1 ? 2 : 0));
    const { labelled: picked } = studentData({ dataset: labelled(letter), wanted: [space('place'), space('letter')], spaces, labelled: 9, random: new Random(1) });
    expect([0, 1, 2].map((label) => picked.filter((row) => letter[row] === label).length)).toEqual([3, 3, 3]);
  });

  test('more labels than there are is a mistake', async () => {
    const error = await failure(() => studentData({ dataset: labelled([0, -1, 2]), wanted: [space('letter')], spaces, labelled: 3, random: new Random(1) }), 'KD_DATA_LABELLED_TOO_MANY');
    expect(error.details).toEqual({ asked: 3, available: 2 });
  });

  test('labels of a space are its own, or those of a space that it is a view of', () => {
    const dataset = labelled([0, 1, 2, -1]);
    expect([...labelsFor(dataset, space('early'), spaces)!]).toEqual([0, 1, -1, -1]);
    expect([...labelsFor(dataset, space('letter'), spaces)!]).toEqual([0, 1, 2, -1]);
    expect(labelsFor(dataset, space('sum'), spaces)).toBeUndefined();
    expect(labelsFor(dataset, space('place'), spaces)).toBeUndefined();
  });
});

describe('data of arrays', () => {
  test('reads rows in any order, any number of times, as it was given', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(19), { minLength: 1, maxLength: 30 }), (size, asked) => {
      const values = Float32Array.from({ length: size * 6 }, (_, i) => i / 2);
      const dataset = fromArrays({ inputs: { x: { shape: [2, 3], values }, n: { shape: [], values: values.subarray(0, size).map(Math.floor), dtype: 'int32' } } });
      const own = asked.map((row) => row % size);
      const x = new Float32Array(own.length * 6);
      const n = new Int32Array(own.length);
      void dataset.read('x', own, x);
      void dataset.read('n', own, n);
      expect([...x]).toEqual(own.flatMap((row) => [...values.subarray(row * 6, row * 6 + 6)]));
      expect([...n]).toEqual(own.map((row) => Math.floor(row / 2)));
      expect([dataset.size, dataset.id(size - 1), dataset.inputs]).toEqual([size, String(size - 1), { x: { shape: [2, 3], dtype: 'float32' }, n: { shape: [], dtype: 'int32' } }]);
    }), settings);
  });

  test('values that happen to be whole numbers are values all the same', () => {
    const place = resolveLabelSpaces({ place: { values: ['x'] } });
    const dataset = fromArrays({ inputs: { x: { shape: [], values: [0, 0] } }, labels: { place: [1, 2] } });
    const { labels, labelled: known } = studentData({ dataset, wanted: [place.get('place')!], spaces: place, random: new Random(1) });
    expect([...labels['place']!]).toEqual([1, 2]);
    expect([...known]).toEqual([0, 1]);
  });
});
