import type { LabelSpace } from '../labels/label-space.ts';
import { expectDivisible } from '../run/expect-divisible.ts';
import { memoryParts, type MemoryParts } from '../run/memory-parts.ts';
import type { MemoryEstimate, MemoryPlan } from '../run/memory-policy.ts';
import type { Training } from '../run/training.ts';
import { recomputingModel } from '../step/recomputing-model.ts';
import { wantedOutputs } from '../step/wanted-outputs.ts';
import { estimateMemory } from './estimate-memory.ts';
import { labelsOnly, withoutTeachers } from './labels-only.ts';
import { headOf, type PickedStudent } from './pick-student.ts';
import type { PickedTeacher } from './pick-teacher.ts';
import { compileOf } from './services.ts';
import type { Opened } from './stage-context.ts';
import { dataFor, teacherData } from './training-data.ts';
import { batchRowsOf, trainingFor } from './training-for.ts';
import { tryNumbers } from './try-numbers.ts';
import { tryOptimizer } from './try-optimizer.ts';
import { isValidated } from './validation-for.ts';

/** How the student's training uses memory, and what that comes to. */
export interface PlannedMemory {
  readonly estimate: MemoryEstimate;
  readonly plan: MemoryPlan;
  readonly parts: MemoryParts;
}

/** The policy's plan for the student's training. Throws where the objective, the student or a teacher to be trained does not allow it. */
export function planMemory(context: Opened, student: PickedStudent, teachers: readonly PickedTeacher[]): PlannedMemory {
  const { resolved, data } = context;
  const { compare = {} } = resolved.config;
  const own = dataFor(context, student.wanted, data.labelled);
  // The runs to compare with keep to the same plan; an α for each sample joins batches that theirs do not.
  const objectives = [student.objective, ...(compare.baseline ? [withoutTeachers(student.objective)] : [])];
  tryOptimizer(resolved.training.optimizer, resolved.registry, 'train.optimizer');
  tryNumbers(student.objective, resolved.training);
  const batchRows = Math.max(...objectives.map((objective) => batchRowsOf(trainingFor(resolved.training, own, objective), own)));
  const estimate = estimateMemory(student, teachers, data.train, resolved.training.optimizer, batchRows, held(context, student.heads[0]!.space, resolved.training));
  const plan = resolved.memory.plan(estimate);
  expectDivisible(student.objective, plan);
  if (plan.recompute) recomputingModel(student.model, wantedOutputs(student.model, student.objective));
  for (const teacher of teachers) if (teacher.untrained) planTeacherMemory(context, teacher, teachers);
  return { estimate, plan, parts: memoryParts(estimate, plan) };
}

/**
 * The policy's plan for training a teacher, as far as it concerns that: the rows at once, and recomputation where the
 * teacher's layers allow it.
 *
 * @param teachers all of the run's
 */
export function planTeacherMemory(context: Opened, { id, space, untrained, config }: PickedTeacher, teachers: readonly PickedTeacher[]): MemoryPlan {
  const { resolved, data } = context;
  const model = untrained!;
  const objective = labelsOnly(headOf(model, space, config.output, `Teacher '${id}'`), resolved.registry);
  const own = teacherData(context, space);
  const training = trainingFor(resolved.teacherTraining[id]!, own, objective);
  tryOptimizer(training.optimizer, resolved.registry, `teachers.${id}.train.optimizer`);
  tryNumbers(objective, training);
  const estimate = estimateMemory({ model, objective }, teachers, data.train, training.optimizer, batchRowsOf(training, own), held(context, space, training));
  const { microBatch, forwardRows, recompute } = resolved.memory.plan(estimate);
  const recomputes = recompute && estimate.recomputedBytesPerRow !== undefined;
  return { ...(microBatch ? { microBatch } : {}), ...(forwardRows ? { forwardRows } : {}), ...(recomputes ? { recompute } : {}) };
}

/** What a training holds besides its state. */
function held(opened: Opened, space: LabelSpace, { keep = 'best' }: Pick<Training, 'keep'>): { readonly keepsBest: boolean; readonly compiled: boolean } {
  return { keepsBest: keep === 'best' && isValidated(opened, space), compiled: compileOf(opened.resolved.services) !== undefined };
}
