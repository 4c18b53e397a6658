import type { Judgement, ProbeResult } from '@kd/core';
import { averageMeasurement, averageOfProbes } from './average.ts';
import { capOnLabels } from './cap.ts';
import { labelTrust } from './label-trust.ts';
import { measure } from './measure.ts';
import type { Judged, RefereeState } from './state.ts';
import { standardised, trustIn } from './trust.ts';

const NOTHING_SEEN: Judgement = { count: 0, teacherOnly: 0, studentOnly: 0, sameWrong: 0 };

/** What a probe changes: trust in each granularity's teachers and in the labels, and the cap. */
export function judge(state: RefereeState, { granularities, studentAccuracy }: ProbeResult): RefereeState {
  const heldOutAccuracy = Number.isFinite(studentAccuracy) ? averageOfProbes(state.heldOutAccuracy, studentAccuracy) : state.heldOutAccuracy;
  return decide({ ...state, heldOutAccuracy, judged: state.judged.map((one) => judgeOne(one, granularities[one.name] ?? NOTHING_SEEN)) });
}

function judgeOne(before: Judged, counts: Judgement): Judged {
  const seen = measure(counts);
  const average = averageMeasurement(before.average, seen);
  const first = before.first ?? standardised(seen);
  return { ...before, average, first, trust: trustIn(average, first) };
}

/** Trust in the labels and the cap, from accuracies that are averages already. */
export function decide(state: RefereeState): RefereeState {
  const { judged, trainAccuracy, heldOutAccuracy } = state;
  const trusts = judged.map(({ trust }) => trust);
  const full = Math.max(0, ...judged.filter((one) => one.full).map(({ trust }) => trust));
  return {
    ...state,
    labelTrust: labelTrust(trusts, judged.map(({ average }) => average?.disputed ?? 0)),
    cap: trainAccuracy === null || heldOutAccuracy === null ? 1 : capOnLabels(trainAccuracy, heldOutAccuracy, full),
  };
}
