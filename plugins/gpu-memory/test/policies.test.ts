import { memoryParts, type Backend, type DeviceSettings, type MemoryEstimate, type MemoryPlan } from '@kd/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolve } from './resolve.ts';

const MB = 1e6;
const peakBytes = (given: MemoryEstimate, plan: MemoryPlan): number => memoryParts(given, plan).peak;
const estimate = (more: Partial<MemoryEstimate> = {}): MemoryEstimate => ({
  batchRows: 128, studentBytes: 10 * MB, bytesPerRow: MB, forwardBytesPerRow: 0, signalBytes: 20 * MB,
  teachers: [{ id: 'big', bytes: 60 * MB }, { id: 'small', bytes: 5 * MB }, { id: 'middle', bytes: 30 * MB }], ...more,
});
const budgeted = (limit: number | string, more: object = {}, given = estimate()): MemoryPlan => resolve(['budget', { limit, ...more }]).plan(given);

test.each([['budget', { limit: '1GB' }], ['device', {}], ['micro-batches', { rows: 8 }], ['resident', { teachers: [] }]])('%s says what the runtime itself may hold', (name, options) => {
  expect(resolve([name, { ...options, hardLimit: '2MB' }]).limitBytes).toBe(2e6);
  expect(resolve([name, { ...options, growth: true }]).limitBytes).toBeUndefined();
});

describe('micro-batches', () => {
  test('splits batches that are larger, and no others', () => {
    const policy = resolve(['micro-batches', { rows: 32 }]);
    expect(policy.plan(estimate())).toEqual({ microBatch: 32, forwardRows: 32 });
    expect(policy.plan(estimate({ batchRows: 32 }))).toEqual({ forwardRows: 32 });
    expect(policy.label).toBe('at most 32 rows at once, stored teachers');
  });

  test('names the mistake in its options', () => {
    expect(() => resolve(['micro-batches', { rows: 0 }])).toThrow(/rows: /);
    expect(() => resolve('micro-batches')).toThrow(/rows: /);
  });
});

describe('budget', () => {
  test('changes nothing when everything fits', () => {
    expect(budgeted('1GB')).toEqual({ teachers: 'stored' });
  });

  test('takes as few equal parts as fit', () => {
    // 10 + 20 MB beside the rows leave room for 70 rows, but 90 MB are needed while the teachers answer.
    expect(budgeted('100MB')).toEqual({ teachers: 'stored', microBatch: 64 });
    expect(budgeted('90MB')).toEqual({ teachers: 'stored', microBatch: 43 });
  });

  test('bounds the rows of a forward pass alone', () => {
    // 30 of 100 MB are taken by the student and the answers.
    expect(budgeted('100MB', {}, estimate({ forwardBytesPerRow: 2 * MB }))).toEqual({ teachers: 'stored', microBatch: 64, forwardRows: 35 });
  });

  test('holds teachers live when their answers leave too few rows, and keeps as many open as fit', () => {
    const heavy = estimate({ signalBytes: 500 * MB });
    expect(budgeted('200MB', {}, heavy)).toEqual({ teachers: 'live', microBatch: 64 });
    expect(budgeted('110MB', {}, heavy)).toEqual({ teachers: 'live', resident: ['small'], microBatch: 32 });
    expect(budgeted('80MB', {}, heavy)).toEqual({ teachers: 'live', resident: [], microBatch: 10 });
  });

  test('prefers stored answers with enough rows to live teachers with more', () => {
    const tight = estimate({ teachers: [{ id: 'big', bytes: 2 * MB }], signalBytes: 80 * MB });
    expect(budgeted('100MB', {}, tight)).toEqual({ teachers: 'stored', microBatch: 10 });
    expect(budgeted('100MB', { leastRows: 11 }, tight)).toEqual({ teachers: 'live', microBatch: 64 });
    expect(budgeted('100MB', { teachers: 'live' }, tight)).toEqual({ teachers: 'live', microBatch: 64 });
  });

  test('fails before training when one row is too much, and says what would be enough', () => {
    const needed = peakBytes(estimate(), { teachers: 'live', resident: [], microBatch: 1 });
    expect(() => budgeted(needed - 1)).toThrowError(expect.objectContaining({ code: 'KD_MEMORY_BUDGET', exitCode: 2, message: expect.stringContaining('71.00 MB') }));
    expect(budgeted(needed)).toEqual({ teachers: 'live', resident: [], microBatch: 1 });
    // What a row takes is said for what the options allow.
    const halved = estimate({ bytesPerRow: 6 * MB, recomputedBytesPerRow: 3 * MB });
    for (const [recompute, row] of [['auto', '3.00 MB'], [false, '6.00 MB']] as const) expect(() => budgeted('1MB', { recompute }, halved)).toThrowError(expect.objectContaining({ details: expect.objectContaining({ row }) }));
  });

  test('keeps its promise for any run: the peak is within the limit, and fewer parts would not be', () => {
    const bytes = fc.integer({ min: 0, max: 1000 });
    const runs = fc.record({ batchRows: fc.integer({ min: 1, max: 300 }), studentBytes: bytes, bytesPerRow: fc.integer({ min: 0, max: 20 }), recomputed: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }), forwardBytesPerRow: fc.integer({ min: 0, max: 20 }), signalBytes: bytes, sizes: fc.array(bytes, { maxLength: 4 }) });
    fc.assert(fc.property(runs, fc.integer({ min: 1, max: 5000 }), fc.constantFrom('auto', 'stored', 'live'), ({ sizes, recomputed, ...rest }, limit, teachers) => {
      const recomputedBytesPerRow = recomputed === undefined ? undefined : Math.floor((rest.bytesPerRow * recomputed) / 100);
      const given: MemoryEstimate = { ...rest, recomputedBytesPerRow, teachers: sizes.map((size, i) => ({ id: `t${i}`, bytes: size })) };
      const holding: MemoryPlan[] = [{ teachers: 'stored' }, { teachers: 'live', resident: [] }];
      const choices = recomputed === undefined ? holding : holding.map((plan): MemoryPlan => ({ ...plan, recompute: true }));
      const least = Math.min(...choices.filter((plan) => teachers === 'auto' || plan.teachers === teachers).map((plan) => peakBytes(given, { ...plan, microBatch: 1 })));
      let plan: MemoryPlan;
      try {
        plan = budgeted(limit, { teachers }, given);
      } catch {
        expect(least).toBeGreaterThan(limit);
        return;
      }
      expect(peakBytes(given, plan)).toBeLessThanOrEqual(limit);
      if (teachers !== 'auto') expect(plan.teachers).toBe(teachers);
      const parts = Math.ceil(given.batchRows / (plan.microBatch ?? given.batchRows));
      if (parts > 1) expect(peakBytes(given, { ...plan, microBatch: Math.ceil(given.batchRows / (parts - 1)) })).toBeGreaterThan(limit);
    }));
  });
});

describe('resident', () => {
  test('keeps the named teachers open', () => {
    expect(resolve(['resident', { teachers: ['small', 'small'] }]).plan(estimate())).toEqual({ teachers: 'live', resident: ['small'] });
    expect(resolve(['resident', { teachers: [] }]).plan(estimate())).toEqual({ teachers: 'live', resident: [] });
  });

  test('recomputes activations where it is told to', () => {
    expect(resolve(['resident', { teachers: ['big'], recompute: true }]).plan(estimate())).toEqual({ teachers: 'live', resident: ['big'], recompute: true });
    expect(resolve(['micro-batches', { rows: 4, recompute: true }]).plan(estimate())).toEqual({ microBatch: 4, forwardRows: 4, recompute: true });
  });

  test('knows the run’s teachers', () => {
    expect(() => resolve(['resident', { teachers: ['bigg'] }]).plan(estimate())).toThrow(/no teacher 'bigg', only big, small, middle/);
  });
});

describe('how the device is used', () => {
  const backend = (configure?: Backend['configure']): Backend => ({ name: 'one', rank: 0, available: async () => true, start: async () => {}, memory: () => ({ tensors: 0, bytes: 0 }), ...(configure && { configure }) });
  const policies = [['micro-batches', { rows: 4 }], ['budget', { limit: '1GB' }], ['resident', { teachers: [] }], ['device', {}]] as const;

  test.each(policies)('%s hands it to the runtime, and nothing where nothing is said', (name, options) => {
    const heard: DeviceSettings[] = [];
    const listening = backend((settings) => void heard.push(settings));
    void resolve([name, { ...options, growth: true, hardLimit: '2GB', device: 'gpu:1', allocator: 'BFC' }]).configure!(listening);
    if (name !== 'device') void resolve([name, options]).configure!(listening);
    expect(heard).toEqual([{ growth: true, limitBytes: 2e9, device: 'gpu:1', allocator: 'BFC' }]);
  });

  test.each([[{ hardLimit: '1GB' }, 'a limit of 1000000000 bytes'], [{ device: 'gpu' }, "device 'gpu'"], [{ allocator: 'BFC' }, "allocator 'BFC'"]] as const)('%j is refused where the runtime cannot be told', (options, setting) => {
    expect(() => resolve(['device', options]).configure!(backend())).toThrowError(expect.objectContaining({ code: 'KD_BACKEND_SETTING', details: expect.objectContaining({ backend: 'one', setting }) }));
    // It takes memory as it needs it anyway.
    expect(() => resolve(['device', { growth: true }]).configure!(backend())).not.toThrow();
  });
});

describe('when memory runs out', () => {
  test.each([['micro-batches', { rows: 100 }], ['budget', { limit: '1GB' }], ['resident', { teachers: ['small'] }]] as const)('%s halves the rows, keeps the rest of the plan and stops after one row', (...spec) => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1024 }), (batchRows) => {
      const policy = resolve(spec);
      let plan: MemoryPlan | undefined = policy.plan(estimate({ batchRows }));
      let rows = plan.microBatch ?? batchRows;
      for (;;) {
        const smaller: MemoryPlan | undefined = policy.onExhausted!({ plan, batchRows, error: new Error('out of memory') });
        if (!smaller) break;
        expect(smaller).toEqual({ ...plan, microBatch: Math.floor(rows / 2) });
        rows = smaller.microBatch!;
        plan = smaller;
      }
      expect(rows).toBe(1);
    }));
  });
});

test('a batch that is smaller than the parts is halved itself', () => {
  expect(resolve(['micro-batches', { rows: 100 }]).onExhausted!({ plan: { microBatch: 100 }, batchRows: 10, error: new Error('out of memory') })).toEqual({ microBatch: 5 });
});

describe('peak', () => {
  test('counts what a plan holds at once', () => {
    const all = (10 + 60 + 5 + 30 + 16) * MB;
    expect(peakBytes(estimate(), { teachers: 'live', microBatch: 16 })).toBe(all);
    // Only one of the others is open at a time: the largest.
    expect(peakBytes(estimate(), { teachers: 'live', resident: ['small'], microBatch: 16 })).toBe(all - 30 * MB);
    expect(peakBytes(estimate(), { microBatch: 16 })).toBe(90 * MB);
    expect(peakBytes(estimate(), {})).toBe((10 + 20 + 128) * MB);
  });
});
