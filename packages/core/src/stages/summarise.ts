import { parametersOf } from '../model/model.ts';
import { describeObjective } from '../objective/objective.ts';
import type { DistilledStudent } from './distill-student.ts';
import type { DistillationData } from './distillation-data.ts';
import type { PickedStudent } from './pick-student.ts';
import type { PickedTeacher } from './pick-teacher.ts';
import type { Opened } from './stage-context.ts';
import type { StudentSummary, Summary, TeacherSummary } from './summary.ts';
import type { TrainedTeacher } from './train-teachers.ts';
import type { UnitResult } from './train-unit.ts';

/** What all stages of a run have made. */
export interface Made {
  readonly backend: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Seconds that each stage took; 0 for one that was skipped. */
  readonly seconds: Readonly<Record<string, number>>;
  /** In the order of {@link trained}. */
  readonly picked: readonly PickedTeacher[];
  readonly trained: readonly TrainedTeacher[];
  readonly student: PickedStudent;
  readonly knowledge: DistillationData;
  readonly distilled: DistilledStudent;
}

/** A run as its summary tells it, with what plugins add to the report. */
export async function summarise({ resolved, data }: Opened, made: Made): Promise<Summary> {
  const { backend, versions, seconds, picked, trained, student, knowledge, distilled } = made;
  const of = (result: UnitResult): StudentSummary => studentSummary(student, result);
  return {
    schema: 1, name: resolved.name, seed: resolved.random.seed, backend, objective: describeObjective(distilled.objective),
    teachers: Object.fromEntries(trained.map((one, i) => [one.teacher.manifest.id, teacherSummary(one, picked[i]!)])),
    student: of(distilled.student),
    ...(distilled.baseline ? { baseline: of(distilled.baseline) } : {}),
    ...(distilled.ceiling ? { ceiling: of(distilled.ceiling) } : {}),
    data: { train: data.train.size, labelled: distilled.labelled, test: data.test?.size ?? 0, ...(data.validation ? { validation: data.validation.size } : {}) },
    steps: distilled.student.steps, seconds, versions,
    hashes: { train: data.trainHash, ...(data.testHash ? { test: data.testHash } : {}), ...(data.validationHash ? { validation: data.validationHash } : {}), distillationData: knowledge.fingerprint },
    history: distilled.student.history,
    sections: await resolved.hooks.report.promise({ ...distilled.student.sections }),
  };
}

function studentSummary({ heads, model }: PickedStudent, { scores, hash, bestEpoch }: UnitResult): StudentSummary {
  const accuracy = scores[heads[0]!.space.name]?.accuracy;
  return { ...(accuracy === undefined ? {} : { accuracy }), heads: scores, parameters: parametersOf(model), ...(bestEpoch === undefined ? {} : { bestEpoch }), hash };
}

function teacherSummary({ teacher: { manifest: { space, hash } }, score, trained, bestEpoch }: TrainedTeacher, { parameters }: PickedTeacher): TeacherSummary {
  return { ...score, space: space.name, classes: space.classes.length, parameters, trained, ...(bestEpoch === undefined ? {} : { bestEpoch }), hash };
}
