import type { Training } from '../run/training.ts';
import type { SignalSource } from '../knowledge/signal-source.ts';
import type { StudentData } from '../data/student-data.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import { hashModel } from '../model/hash-model.ts';
import type { Model } from '../model/model.ts';
import type { Plain } from '../objective/alpha.ts';
import type { Objective } from '../objective/objective.ts';
import type { MemoryPlan } from '../run/memory-policy.ts';
import { evaluate, type Score } from '../run/evaluate.ts';
import type { Sections } from '../run/hooks.ts';
import { isTapped } from '../run/is-tapped.ts';
import { tensorData, tensorsOf } from '../run/snapshot.ts';
import { train } from '../run/train.ts';
import type { TeacherFeatures } from '../step/step.ts';
import { disposeAll } from '../tensor/named-tensors.ts';
import { BACKEND } from './services.ts';
import type { StageContext, StageName } from './stage-context.ts';
import { validationFor } from './validation-for.ts';

export interface TrainUnitOptions {
  readonly context: StageContext;
  readonly stage: StageName;
  /** Its name in the workspace, e.g. `train-teachers/low`. */
  readonly unit: string;
  /** Of all that the weights depend on. */
  readonly fingerprint: string;
  /** Of what else the scores depend on. */
  readonly judgedBy: string;
  readonly model: Model;
  readonly objective: Objective;
  readonly inputs: BoundInputs;
  readonly data: StudentData;
  readonly source: SignalSource | undefined;
  readonly training: Training;
  readonly plan: MemoryPlan;
  readonly teacherFeatures?: TeacherFeatures;
}

/** What a finished training is remembered by. */
export interface UnitResult {
  readonly scores: Readonly<Record<string, Score>>;
  readonly history: readonly Readonly<Record<string, number>>[];
  readonly steps: number;
  /** The epoch whose weights it has, from 0, where the best one's are kept. */
  readonly bestEpoch?: number;
  /** Of the trained weights. */
  readonly hash: string;
  /** What plugins found when it was judged, under their own names. */
  readonly sections?: Sections;
}

/** What was remembered, and by which test data it was judged. */
type Judged = UnitResult & { readonly judgedBy: string };

/** Trains a model and judges it on the test data, or recalls that this was done already. Of other test data it is judged anew. */
export async function trainUnit(options: TrainUnitOptions): Promise<UnitResult & { readonly skipped: boolean }> {
  const { context: { workspace, reporter }, unit, fingerprint, judgedBy, model, stage } = options;
  const known = await workspace.recall(unit, fingerprint);
  if (!known?.weights) return { ...(await judged(options, await trained(options))), skipped: false };
  const weights = tensorsOf(known.weights);
  model.assign(weights);
  disposeAll(weights);
  const { judgedBy: before, ...result } = known.record as unknown as Judged;
  const skipped = before === judgedBy;
  if (!skipped) return { ...(await judged(options, result)), skipped };
  await workspace.restore?.(unit, model);
  await workspace.snapshots(unit, fingerprint).clear(); // a run may have been killed before it did
  reporter.unitSkipped?.(stage, unit);
  return { ...result, skipped };
}

/** What training itself tells. */
type Trained = Pick<UnitResult, 'history' | 'steps' | 'bestEpoch'>;

async function trained(options: TrainUnitOptions): Promise<Trained> {
  const { context, unit, fingerprint, model, objective, inputs, training, plan } = options;
  const { workspace, resolved, reporter } = context;
  const slot = workspace.snapshots(unit, fingerprint);
  const { stopped, ...done } = await train({
    ...options, student: model, hooks: resolved.hooks, reporter: context.reporter, stop: context.stop, random: resolved.random, slot,
    memory: { policy: resolved.memory, plan: options.plan }, teacherFeatures: options.teacherFeatures ?? {},
    backend: resolved.services.has(BACKEND) ? resolved.services.get(BACKEND, unit) : undefined,
    validation: validationFor(context, { model, head: objective.heads[0]!, inputs, training, most: plan.forwardRows }),
  });
  if (stopped !== undefined) reporter.note?.(`${unit} ended after ${done.history.length} of ${training.epochs} epochs: ${stopped}`);
  return done;
}

/** The scores of a trained model, remembered with it. */
async function judged(options: TrainUnitOptions, { history, steps, bestEpoch }: Trained): Promise<UnitResult> {
  const { context, unit, fingerprint, judgedBy, model, objective, stage } = options;
  const { workspace, resolved, data } = context;
  const scores = data.test ? await evaluate(model, objective.heads, data.test, options.inputs, resolved.spaces, { between: () => context.stop.check(steps), most: options.plan.forwardRows }) : {};
  const { evaluate: hook } = resolved.hooks;
  const epoch = history.length;
  const sections = isTapped(hook) ? await hook.promise({}, { stage, unit, progress: { step: steps, steps, epoch, epochs: epoch } }) : undefined;
  const result: UnitResult = { scores, history, steps, hash: await hashModel(model), ...(bestEpoch === undefined ? {} : { bestEpoch }), ...(sections ? { sections } : {}) };
  const weights = model.values();
  const record: Judged = { ...result, judgedBy };
  await workspace.remember(unit, fingerprint, { record: record as unknown as Plain, weights: await tensorData(weights) }, model);
  disposeAll(weights);
  await workspace.snapshots(unit, fingerprint).clear();
  return result;
}
