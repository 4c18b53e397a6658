import type { StudentData } from '../data/student-data.ts';
import type { View } from '../labels/view.ts';
import type { Objective, SoftTerm } from '../objective/objective.ts';
import type { MemoryPlan } from '../run/memory-policy.ts';
import { tensorData, tensorsOf } from '../run/snapshot.ts';
import { fingerprint } from '../tensor/hash.ts';
import { disposeAll } from '../tensor/named-tensors.ts';
import type { DistillationData } from './distillation-data.ts';
import { labelPrint, testPrint, validationPrint } from './label-print.ts';
import { withoutTeachers } from './labels-only.ts';
import type { PickedStudent } from './pick-student.ts';
import { prepareAggregators } from './prepare-aggregators.ts';
import { strategiesIn, tapsIn } from './plugin-prints.ts';
import type { StageContext } from './stage-context.ts';
import { trainUnit, type UnitResult } from './train-unit.ts';
import { dataFor } from './training-data.ts';
import { trainingFor } from './training-for.ts';

export interface DistilledStudent {
  readonly student: UnitResult;
  /** The same student on its labels alone. */
  readonly baseline: UnitResult | undefined;
  /** The same student with every label. */
  readonly ceiling: UnitResult | undefined;
  readonly labelled: number;
  readonly objective: Objective;
  readonly skipped: boolean;
}

/** Stage `distill`: trains the student, and, to compare, the same student without teachers. */
export async function distillStudent(context: StageContext, student: PickedStudent, knowledge: DistillationData, plan: MemoryPlan): Promise<DistilledStudent> {
  const { resolved } = context;
  const { compare = {} } = resolved.config;
  const { objective, wanted } = student;
  const own = dataFor(context, wanted, context.data.labelled);
  const start = student.model.values();
  const initial = await tensorData(start);
  disposeAll(start);
  const restart = (): void => {
    const values = tensorsOf(initial);
    student.model.assign(values);
    disposeAll(values);
  };
  const soft = await prepareAggregators(objective.soft, knowledge.source, own, context.data.train);
  const complete = { ...objective, soft };
  let baseline: (UnitResult & { skipped: boolean }) | undefined;
  let ceiling: (UnitResult & { skipped: boolean }) | undefined;
  if ((compare.baseline || compare.ceiling) && objective.hard.length === 0) context.reporter.warn?.('`compare` is left out: the data has no labels to train the same student on.');
  if (compare.baseline && objective.hard.length > 0) {
    baseline = await unit(context, 'distill/baseline', student, withoutTeachers(objective), own, undefined, plan);
    restart();
  }
  if (compare.ceiling && objective.hard.length > 0) {
    ceiling = await unit(context, 'distill/ceiling', student, withoutTeachers(objective), dataFor(context, wanted, undefined), undefined, plan);
    restart();
  }
  const distilled = await unit(context, 'distill', student, complete, own, knowledge, plan);
  return {
    student: distilled, baseline, ceiling, labelled: own.labelled.length, objective: complete,
    skipped: [distilled, baseline, ceiling].every((done) => done?.skipped ?? true),
  };
}

/** Places of the config whose strategies a student's training takes, with teachers and without. */
const ALONE = /^(?:(?:train|hard)\.|memory$)/;
const TAUGHT = /^(?:(?:train|hard|soft|aggregation)\.|(?:memory|alpha|aggregation)$)/;

/** How a soft term compares: its classes, and what its teachers' classes are among them. */
function seenThrough({ name, granularity: { space, view }, teachers }: SoftTerm): unknown {
  const through = (one: View | undefined): unknown => one && { from: one.from.classes, to: one.to.classes, groups: one.groups, shares: one.shares };
  return { name, classes: space.classes, view: through(view), teachers: teachers.map(({ id, coarsen, view: own }) => ({ id, coarsen: through(coarsen), view: through(own) })) };
}

/** @param knowledge undefined where the student is trained without teachers */
async function unit(
  context: StageContext,
  name: string,
  { model, inputs, hash, wanted }: PickedStudent,
  objective: Objective,
  data: StudentData,
  knowledge: DistillationData | undefined,
  plan: MemoryPlan,
): Promise<UnitResult & { skipped: boolean }> {
  const { resolved, platform } = context;
  const { config } = resolved;
  const { hard, soft, alpha = resolved.alpha.label, aggregation, train, student, memory = 'whole-batch' } = config;
  const taught = knowledge ? { soft, alpha, aggregation, through: objective.soft.map(seenThrough), teachers: knowledge.fingerprint } : {};
  // The label spaces that losses against labels look through.
  const levels = objective.hard.flatMap(({ views }) => Object.values(views ?? {}).map(({ groups, shares }) => ({ groups, shares })));
  const key = await fingerprint({
    unit: name, hash, hard, levels, train, memory, seen: await labelPrint(wanted, data.labels), ...taught,
    heads: student.heads, inputs: student.inputs, preprocess: student.preprocess,
    strategies: strategiesIn(resolved, (where) => (knowledge ? TAUGHT : ALONE).test(where)), taps: tapsIn(resolved),
    labelled: data.labelled.length, data: context.data.samplesHash, seed: resolved.random.seed, platform,
    ...(await validationPrint(objective.heads[0]!.space, context)),
  });
  return trainUnit({
    context, stage: 'distill', unit: name, fingerprint: key, judgedBy: await testPrint(wanted, context),
    model, objective, inputs, data, source: knowledge?.source, training: trainingFor(resolved.training, data, objective), plan, teacherFeatures: knowledge?.teacherFeatures ?? {},
  });
}
