import { defineAlphaScheduler, type AlphaScheduler, type Progress, type Strategy } from '@kd/core';
import { z } from 'zod';
import { alphaAt, baseAt } from './alpha-at.ts';
import { moveAverage } from './average.ts';
import { judge } from './judge.ts';
import { sharesOf } from './shares.ts';
import { initialState, type RefereeState } from './state.ts';

/** Options of the α scheduler {@link referee}. */
export interface RefereeOptions {
  /** Weight of the labels at the start, if labels and teachers are believed alike, in [0, 1]; default 0.9. */
  readonly from: number;
  /** The same at the end; default 0.1. */
  readonly to: number;
  /** Share of the labels that judge, in (0, 0.5]; default 0.2, never more than 1,000 labels. */
  readonly holdOut: number;
  /** Share of the run that learns from labels alone, before the first probe; default 0.04. */
  readonly warmUp: number;
  /** Share of the run after which the held-out labels are trained on too; above `warmUp`, default 0.4. */
  readonly release: number;
}

const share = z.number().min(0).max(1);
const options: z.ZodType<RefereeOptions> = z.strictObject({
  from: share.default(0.9),
  to: share.default(0.1),
  holdOut: z.number().positive().max(0.5).default(0.2),
  warmUp: share.default(0.04),
  release: share.default(0.4),
}).refine(({ warmUp, release }) => warmUp < release, { path: ['release'], message: 'must come after warmUp' });

const MOST_HELD_OUT = 1000;
const MOST_PROBED = 512;
/** Share of the old value that the training accuracy's average keeps at each step. */
const TRAIN_KEPT = 0.95;

/**
 * An α that sets itself. Held-out labels judge each granularity's teachers against the student by counting who is right;
 * labels come first and teachers later; teachers that lose are closed; labels that teacher and student contradict alike
 * are distrusted. No gradients, about 2 % more time.
 *
 * Without labels α is 0, without teachers 1. With fewer than 50 labels none is held out: the teachers are judged once.
 * The teachers should not have been trained on the held-out labels, or they are trusted too much.
 */
export const referee: Strategy<'alpha', RefereeOptions, {}> = defineAlphaScheduler({
  name: 'referee',
  summary: 'α that sets itself: held-out labels judge the teachers against the student.',
  options,
  create: ({ from, to, holdOut, warmUp, release }): AlphaScheduler<RefereeState> => ({
    label: 'referee',
    init: initialState,
    value({ fixed, judged, believed, labelTrust, cap }, progress) {
      const trusts = judged.map(({ trust }) => trust);
      const shares = sharesOf(trusts);
      return {
        alpha: fixed ?? alphaAt({ base: baseAt(doneOf(progress), from, to), trusts: believed ? [...trusts, 1] : trusts, labelTrust, cap }),
        trust: Object.fromEntries(judged.map(({ name }, g) => [name, shares[g]!])),
      };
    },
    update(state, { trainAccuracy }) {
      if (!Number.isFinite(trainAccuracy)) return state;
      return { ...state, trainAccuracy: moveAverage(state.trainAccuracy, trainAccuracy, TRAIN_KEPT) };
    },
    probe: {
      most: MOST_PROBED,
      holdOut: (facts) => (initialState(facts).interval === null ? 0 : Math.min(Math.floor(holdOut * facts.labelled), MOST_HELD_OUT)),
      due: ({ interval }, progress) => interval !== null && doneOf(progress) >= warmUp && doneOf(progress) < release && progress.step % interval === 0,
      update: judge,
      released: ({ interval }, progress) => interval === null || doneOf(progress) >= release,
    },
  }),
});

/** The share of the run that is done, from 0 to 1. */
function doneOf({ step, steps }: Progress): number {
  return Math.min(step / steps, 1);
}
