import { KdError, type Backend, type DeviceSettings, type MemoryEstimate, type MemoryPlan, type MemoryPolicy } from '@kd/core';
import { attempt, type Fail } from '../fail.ts';
import { subjectOf, type StrategyOf, type SubjectOptions } from '../subject.ts';

export interface CheckMemoryPolicyOptions extends SubjectOptions {
  /** Names of the run's teachers, for policies whose options name them; default `first`, `second`. */
  readonly teachers?: readonly string[];
}

const MOST_RETRIES = 100;

/**
 * Holds a memory policy to its contract: plans are possible and repeatable; a run that is too large for it is refused with
 * a `KdError`; each plan after the backend ran out is smaller than the one before, and their number is finite; a backend is
 * told how to use its device, and nothing else is done with it before it starts.
 *
 * @param given a strategy, or a memory policy
 * @throws `KD_CONFORMANCE` with the first rule that is broken
 */
export async function checkMemoryPolicy(given: StrategyOf<'memory'> | MemoryPolicy, options: CheckMemoryPolicyOptions = {}): Promise<void> {
  const { made: policy, fail } = subjectOf('memory', given, options);
  const { teachers = ['first', 'second'] } = options;
  if (typeof policy.label !== 'string' || policy.label === '') fail('a policy has a label', `it is ${JSON.stringify(policy.label)}`);
  if (policy.promise !== undefined && (typeof policy.promise !== 'string' || policy.promise === '')) fail('a promise is a sentence', `it is ${JSON.stringify(policy.promise)}`);
  await expectConfigured(policy, fail);
  for (const estimate of estimates(teachers)) {
    const plan = planOf(policy, estimate, fail);
    if (!plan) continue;
    expectPossible(plan, estimate, fail);
    const again = planOf(policy, estimate, fail);
    if (JSON.stringify(again) !== JSON.stringify(plan)) fail('the same estimate gives the same plan', `${JSON.stringify(plan)} became ${JSON.stringify(again)}`);
    expectShrinking(policy, plan, estimate, fail);
  }
}

/** From next to nothing to more than any machine has. */
function estimates(teachers: readonly string[]): MemoryEstimate[] {
  return [1e3, 1e6, 1e9, 1e13].flatMap((bytes) => [1, 7, 128].flatMap((batchRows) => [teachers, []].map((names): MemoryEstimate => ({
    batchRows, studentBytes: bytes, bytesPerRow: bytes / 10, recomputedBytesPerRow: batchRows === 7 ? undefined : bytes / 30, forwardBytesPerRow: bytes / 20, signalBytes: bytes * 2, teachers: names.map((id, k) => ({ id, bytes: bytes * (k + 1) })),
  }))));
}

/** Twice the same settings, on a backend that is not started by it. */
async function expectConfigured(policy: MemoryPolicy, fail: Fail): Promise<void> {
  const heard: DeviceSettings[] = [];
  const early = (what: string) => (): never => fail('a policy configures a backend before it starts, and does nothing else with it', `it asked for its ${what}`);
  const backend: Backend = { name: 'unstarted', rank: 0, available: async () => true, configure: (settings) => void heard.push(settings), start: early('start'), memory: early('memory') };
  await policy.configure?.(backend);
  const once = heard.length;
  await policy.configure?.(backend);
  const [first, second] = [heard.slice(0, once), heard.slice(once)];
  if (JSON.stringify(first) !== JSON.stringify(second)) fail('a backend gets the same settings each time', `${JSON.stringify(first)} became ${JSON.stringify(second)}`);
}

function planOf(policy: MemoryPolicy, estimate: MemoryEstimate, fail: Fail): MemoryPlan | undefined {
  return attempt(fail, 'a policy plans, or refuses with a KdError', () => {
    try {
      return policy.plan(estimate);
    } catch (error) {
      if (error instanceof KdError) return undefined;
      throw error;
    }
  });
}

function expectPossible({ microBatch, recompute, forwardRows, teachers, resident }: MemoryPlan, estimate: MemoryEstimate, fail: Fail): void {
  if (microBatch !== undefined && !(Number.isInteger(microBatch) && microBatch >= 1 && microBatch <= estimate.batchRows)) {
    fail(`a micro-batch is a whole number of rows from 1 to the batch's ${estimate.batchRows}`, `it is ${microBatch}`);
  }
  if (forwardRows !== undefined && !(Number.isInteger(forwardRows) && forwardRows >= 1)) fail('rows of a forward pass are a whole number of at least 1', `they are ${forwardRows}`);
  if (recompute !== undefined && typeof recompute !== 'boolean') fail('activations are recomputed or not', `recompute is ${JSON.stringify(recompute)}`);
  if (teachers !== undefined && teachers !== 'stored' && teachers !== 'live') fail("teachers are 'stored' or 'live'", `they are '${String(teachers)}'`);
  if (resident === undefined) return;
  if (teachers !== 'live') fail('only live teachers are resident', `they are ${teachers ?? 'stored'}`);
  const known = estimate.teachers.map(({ id }) => id);
  const unknown = resident.find((id) => !known.includes(id));
  if (unknown !== undefined) fail('resident teachers are teachers of the run', `'${unknown}' is none of ${known.join(', ') || '(none)'}`);
}

/** A plan gets smaller by fewer rows, fewer open teachers, live teachers in place of stored answers, or recomputed activations. */
function expectShrinking(policy: MemoryPolicy, first: MemoryPlan, estimate: MemoryEstimate, fail: Fail): void {
  const { batchRows } = estimate;
  let plan = first;
  for (let retry = 0; retry < MOST_RETRIES; retry++) {
    const event = { plan, batchRows, error: new Error('out of memory') };
    const next = attempt(fail, 'a policy answers when memory runs out', () => policy.onExhausted?.(event));
    if (!next) return;
    expectPossible(next, estimate, fail);
    const [before, after] = [sizeOf(plan, estimate), sizeOf(next, estimate)];
    if (after.some((size, i) => size > before[i]!) || after.every((size, i) => size === before[i])) {
      fail('each plan after the backend ran out is smaller than the one before', `${JSON.stringify(plan)} became ${JSON.stringify(next)}`);
    }
    plan = next;
  }
  fail(`a policy gives up at last, within ${MOST_RETRIES} plans`, 'it goes on');
}

function sizeOf({ microBatch, recompute, teachers, resident }: MemoryPlan, { batchRows, teachers: all }: MemoryEstimate): readonly number[] {
  const live = teachers === 'live';
  return [microBatch ?? batchRows, live ? 0 : 1, live ? (resident ?? all).length : all.length, recompute ? 0 : 1];
}
