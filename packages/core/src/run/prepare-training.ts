import { pickStratified } from '../data/pick-stratified.ts';
import { Sampler } from '../data/sampler.ts';
import type { StudentData } from '../data/student-data.ts';
import type { RunFacts } from '../objective/alpha.ts';
import { compiledStep } from '../step/compiled-step.ts';
import { createStep, type Step } from '../step/step.ts';
import { teacherAnswers, type JudgeOptions, type TeacherAnswers } from './judge.ts';
import { runFacts } from './run-facts.ts';
import { sourceOfKey, stepRandomOf, type StepRandom } from './step-random.ts';
import { tapsOf } from './step-taps.ts';
import type { TrainOptions } from './train.ts';

/** What a training needs besides its options, made once. */
export interface PreparedTraining {
  readonly sampler: Sampler;
  readonly steps: number;
  readonly step: Step;
  readonly stepRandom: StepRandom;
  /** Frees what the step has recorded. */
  readonly release: () => void;
  readonly facts: RunFacts;
  /** Held-out labels and what the teachers say about them; undefined where nothing is held out. */
  readonly judging: JudgeOptions | undefined;
  /** The labels that may be trained on, before and after held-out ones are released. */
  readonly visible: (released: boolean) => StudentData['labels'];
}

/** Everything that is done once: the step, held-out labels, the teachers' answers on them. */
export async function prepareTraining({ student, objective, data, inputs, source, training, random, hooks, unit, stop, teacherFeatures, backend, memory: { plan: { recompute, forwardRows } } }: TrainOptions): Promise<PreparedTraining> {
  const { alpha, heads, soft } = objective;
  const { space } = heads[0]!;
  const firstLabels = data.labels[space.name]!;
  const judges = alpha.probe && source && space.kind === 'classes';
  // Only labels of the first head can judge; other tasks may have labels where it has none.
  const known = judges ? data.labelled.filter((row) => firstLabels[row]! >= 0) : data.labelled;
  const judgedAnswers: TeacherAnswers | undefined = judges ? await teacherAnswers(soft, source, data.dataset, known, () => stop.check(0), forwardRows) : undefined;
  const steps = Math.max(1, Math.ceil(data.transfer.length / training.batchSize)) * training.epochs;
  const facts = runFacts(objective, steps, training.epochs, known, firstLabels, judgedAnswers);
  const held = judges ? alpha.probe.holdOut(facts) : 0;
  const heldOut = held > 0 ? pickStratified(known, (row) => firstLabels[row]!, held, random.stream(`${unit}/held-out`)) : new Int32Array(0);
  const hidden = new Set(heldOut);
  const labelled = data.labelled.filter((row) => !hidden.has(row));
  const sampler = new Sampler({ random, purpose: unit, labelled, heldOut, transfer: data.transfer, batchSize: training.batchSize, labelledBatchSize: training.labelledBatchSize, mode: training.mode });
  const plain = createStep({ student, objective, optimizer: training.optimizer, clipNorm: training.clipNorm, recompute, taps: tapsOf(hooks), random, samples: data.dataset.size, teacherFeatures });
  const stepRandom = stepRandomOf(random, backend);
  const compiled = backend?.compile && backend.random && compiledStep(plain, backend.compile, sourceOfKey(backend.random));
  const covered = heldOut.length > 0 ? hide(data, heldOut) : data.labels;
  const place = new Map(Array.from(known, (row, i) => [row, i]));
  const answers: TeacherAnswers = Object.fromEntries(Object.entries(judgedAnswers ?? {}).map(([term, said]) => [term, Int32Array.from(heldOut, (row) => said[place.get(row)!]!)]));
  const judging = heldOut.length > 0 ? { student, objective, dataset: data.dataset, inputs, rows: heldOut, answers, labels: firstLabels, most: forwardRows } : undefined;
  return { sampler, steps, step: compiled ?? plain, stepRandom, release: () => compiled?.dispose(), facts, judging, visible: (released) => (released ? data.labels : covered) };
}

/** The labels without those of the given rows. */
function hide({ labels, dataset }: StudentData, rows: Int32Array): StudentData['labels'] {
  return Object.fromEntries(Object.entries(labels).map(([space, values]) => {
    const covered = values.slice();
    const width = covered.length / dataset.size;
    for (const row of rows) covered.fill(covered instanceof Int32Array ? -1 : Number.NaN, row * width, (row + 1) * width);
    return [space, covered];
  }));
}
