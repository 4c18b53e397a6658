import type { Plain } from '../objective/alpha.ts';
import type { Progress } from '../objective/progress.ts';
import type { Random } from '../tensor/random.ts';
import { disposeAll, under, type NamedTensors } from '../tensor/named-tensors.ts';
import { BatchMaker } from './batch-maker.ts';
import { BestEpoch } from './best-epoch.ts';
import { Breather } from './breathe.ts';
import { endEpoch } from './end-epoch.ts';
import { expectDivisible } from './expect-divisible.ts';
import { addStep, noSums } from './epoch-means.ts';
import type { RunContext } from './hooks.ts';
import { isTapped } from './is-tapped.ts';
import { judge, type JudgeOptions } from './judge.ts';
import { notFinite } from './not-finite.ts';
import { prepareTraining } from './prepare-training.ts';
import { KnobTensors } from './step-knobs.ts';
import { numbersOf, observedIn } from './step-numbers.ts';
import { StepPlanner } from './step-planner.ts';
import { StepsAhead } from './steps-ahead.ts';
import { batchTaker } from './take-batch.ts';
import { tensorData, tensorsOf } from './snapshot.ts';
import type { Training } from './training.ts';
import type { TrainMemory } from './train-memory.ts';
import type { TrainOptions } from './train-options.ts';
import type { Trained } from './trained.ts';

/**
 * Trains the student from its first step, or from the snapshot of a run that was cut off; ends with the trained weights
 * in the student. The same inputs give the same bytes, however often it was stopped and resumed.
 */
export async function train(options: TrainOptions): Promise<Trained> {
  const { objective, data, hooks, random, stage, unit, stop, training, student, slot, backend, reporter } = options;
  const { sampler, steps, step, facts, judging, visible, stepRandom, release } = await prepareTraining(options);
  const maker = new BatchMaker({ dataset: data.dataset, inputs: options.inputs, source: options.source, hooks, copiesValues: backend?.copiesValues ?? false });
  const knobs = new KnobTensors();
  const stepsAhead = new StepsAhead({ step, maker, knobs, random: stepRandom });
  const breather = new Breather();
  const snapshot = await slot.load();
  // The snapshot stays as it was saved: what is remembered from here on may never be.
  const memory: TrainMemory = snapshot ? (structuredClone(snapshot.plain) as unknown as TrainMemory)
    : { step: 0, alpha: objective.alpha.init(facts), plan: options.memory.plan, sums: noSums, history: [], sections: {} };
  if (snapshot) reporter.note?.(`${unit} goes on after step ${memory.step} of ${steps}`);
  let state: NamedTensors = snapshot ? tensorsOf(snapshot.tensors) : step.initial().state;
  const best = options.validation && new BestEpoch(options.validation, memory.best, state);
  const progressAt = (at: number): Progress => ({ step: at, steps, epoch: Math.floor(at / sampler.stepsPerEpoch), epochs: training.epochs });
  const contextAt = (at: number): RunContext => ({ stage, unit, progress: progressAt(at) });
  const save = async (): Promise<void> => {
    if (isTapped(hooks.checkpoint)) memory.sections = await hooks.checkpoint.promise(memory.sections, contextAt(memory.step));
    await slot.save({ tensors: await tensorData({ ...state, ...best?.tensors }), plain: memory as unknown as Plain });
  };
  const planner = new StepPlanner({ objective, training, schedule: training.schedule(steps), sampler, visible, holdsOut: judging !== undefined, contextAt });
  const { alpha: scheduler } = objective;
  const lookAhead = async (ahead: Readonly<NamedTensors> | undefined): Promise<void> => {
    const at = memory.step + 1;
    if (at >= steps || !worksAhead(options)) return;
    const judgesFirst = judging && scheduler.probe?.due(memory.alpha, progressAt(at));
    await stepsAhead.begin(judgesFirst ? undefined : ahead, planner.at(at, memory.alpha));
  };
  const takeBatch = batchTaker({
    step, steps: stepsAhead, knobs, maker, random: stepRandom, meanwhile: lookAhead, readsAtOnce: backend?.readsAtOnce ?? false, policy: options.memory.policy, reporter,
    expectDivisible: (smaller) => expectDivisible(objective, smaller),
    release() {
      stepsAhead.dispose();
      release();
    },
  });

  try {
    while (memory.step < steps && !memory.stopped) {
      if (stop.requested) {
        await save();
        stop.check(memory.step);
      }
      const progress = progressAt(memory.step);
      const context = contextAt(memory.step);
      if (isTapped(hooks.epochStart) && memory.step % sampler.stepsPerEpoch === 0) await hooks.epochStart.promise(context);
      if (judging && scheduler.probe?.due(memory.alpha, progress)) {
        memory.alpha = scheduler.probe.update(memory.alpha, await judgeSome(judging, scheduler.probe.most, random, unit, memory.step, state), progress);
      }
      const foreseen = planner.at(memory.step, memory.alpha);
      const planned = isTapped(hooks.knobs) ? planner.with(foreseen, { ...hooks.knobs.call(foreseen.knobs, context) }) : foreseen;

      const done = await takeBatch(state, planned, memory.plan);
      memory.plan = done.plan;
      if (!Number.isFinite(done.stats['loss']) || !Number.isFinite(done.stats['gradientNorm'])) {
        done.reject();
        student.assign(under(state, 'student'));
        throw await notFinite(done.stats, planned, data.dataset, maker);
      }
      state = done.accept();

      const seen = numbersOf(done.stats, planned, objective);
      if (scheduler.update) memory.alpha = scheduler.update(memory.alpha, observedIn(seen, planned));
      memory.sums = addStep(memory.sums, seen);
      memory.step++;
      if (isTapped(hooks.stepEnd)) await hooks.stepEnd.promise(seen, context);
      if (memory.step % sampler.stepsPerEpoch === 0 || memory.step === steps) await endEpoch(memory, context, hooks, best, under(state, 'student'));
      // Also after the last step: judging the model may take long, and may be cut off.
      if (memory.step === steps || dueForSnapshot(memory.step, sampler.stepsPerEpoch, training)) await save();
      if (breather.due) {
        reporter.progress?.({ stage, unit, done: memory.step, total: steps, what: 'steps', numbers: { ...seen, ...best?.numbers } });
        await breather.breathe();
      }
    }
    reporter.progress?.({ stage, unit, done: memory.step, total: steps, what: 'steps' });
    const last = under(state, 'student');
    student.assign(best?.weights(last) ?? last);
    return { steps: memory.step, history: memory.history, ...(best?.keptEpoch === undefined ? {} : { bestEpoch: best.keptEpoch }), ...(memory.stopped ? { stopped: memory.stopped } : {}) };
  } finally {
    disposeAll(state);
    best?.dispose();
    stepsAhead.dispose();
    knobs.dispose();
    release();
  }
}

/** Whether the next batch may be made while a step runs: of plain data, for a plugin or a teacher may wait for the step. */
function worksAhead({ backend, source, hooks, memory: { policy } }: TrainOptions): boolean {
  return (backend?.runsAhead ?? false) && !policy.boundsBytes && !source?.live && !isTapped(hooks.batch) && !isTapped(hooks.signals);
}

async function judgeSome(judging: JudgeOptions, most: number, random: Random, unit: string, step: number, state: Readonly<NamedTensors>): ReturnType<typeof judge> {
  const places = random.stream(`${unit}/probe`, step).permutation(judging.rows.length).slice(0, most);
  return judge(judging, places, state);
}

function dueForSnapshot(step: number, stepsPerEpoch: number, { checkpointEvery }: Training): boolean {
  return step % stepsPerEpoch === 0 || (checkpointEvery !== undefined && step % checkpointEvery === 0);
}
