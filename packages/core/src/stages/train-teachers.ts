import type { Teacher } from '../knowledge/teacher.ts';
import { bindInputs } from '../model/bind-inputs.ts';
import type { Score } from '../run/evaluate.ts';
import type { MemoryPlan } from '../run/memory-policy.ts';
import { fingerprint } from '../tensor/hash.ts';
import { askedHow } from './asked-how.ts';
import { judgeTeacher } from './judge-teacher.ts';
import { labelPrint, testPrint, validationPrint } from './label-print.ts';
import { labelsOnly } from './labels-only.ts';
import { headOf } from './pick-student.ts';
import type { PickedTeacher } from './pick-teacher.ts';
import { planTeacherMemory } from './plan-memory.ts';
import { strategiesIn, tapsIn } from './plugin-prints.ts';
import type { StageContext } from './stage-context.ts';
import { trainUnit } from './train-unit.ts';
import { teacherData } from './training-data.ts';
import { trainingFor } from './training-for.ts';

/** A teacher that can be asked, and how it does on its own label space. */
export interface TrainedTeacher {
  readonly teacher: Teacher;
  readonly score: Score;
  readonly trained: boolean;
  /** The epoch whose weights it has, from 0, where the best one's are kept. */
  readonly bestEpoch?: number | undefined;
  readonly skipped: boolean;
}

/** Stage `train-teachers`: trains those that the run has to train, and judges all of them. */
export async function trainTeachers(context: StageContext, picked: readonly PickedTeacher[], { forwardRows }: MemoryPlan): Promise<readonly TrainedTeacher[]> {
  const done: TrainedTeacher[] = [];
  for (const teacher of picked) done.push(teacher.untrained ? await trainOne(context, teacher, picked) : await judgeAsItIs(context, teacher, forwardRows));
  return done;
}

async function trainOne(context: StageContext, picked: PickedTeacher, all: readonly PickedTeacher[]): Promise<TrainedTeacher> {
  const { resolved, data, platform } = context;
  const { id, space, untrained: model, config } = picked;
  const who = `Teacher '${id}'`;
  const own = teacherData(context, space);
  const objective = labelsOnly(headOf(model!, space, config.output, who), resolved.registry);
  const inputs = bindInputs(who, model!.inputs, data.train.inputs, config.inputs, config.preprocess);
  const unit = `train-teachers/${id}`;
  const plan = planTeacherMemory(context, picked, all);
  const key = await fingerprint({
    unit, hash: picked.hash, train: config.train, ...(Object.keys(plan).length > 0 ? { plan } : {}), speaks: await labelPrint([space], own.labels), data: data.samplesHash,
    strategies: strategiesIn(resolved, (where) => where.startsWith(`teachers.${id}.`)), seed: resolved.random.seed, asked: askedHow(config), taps: tapsIn(resolved), platform,
    ...(await validationPrint(space, context)),
  });
  const { scores, hash, bestEpoch, skipped } = await trainUnit({
    context, stage: 'train-teachers', unit, fingerprint: key, judgedBy: await testPrint([space], context), model: model!, objective, inputs, data: own, source: undefined,
    training: trainingFor(resolved.teacherTraining[id]!, own, objective), plan,
  });
  return { teacher: picked.teacher(hash), score: scores[space.name] ?? { samples: 0 }, trained: true, bestEpoch, skipped };
}

async function judgeAsItIs(context: StageContext, picked: PickedTeacher, forwardRows: number | undefined): Promise<TrainedTeacher> {
  const { workspace, data, platform } = context;
  const teacher = picked.teacher(picked.hash);
  const unit = `train-teachers/${picked.id}`;
  const key = await fingerprint({ unit, hash: picked.hash, judgedBy: await testPrint([picked.space], context), asked: askedHow(picked.config), platform });
  const known = await workspace.recall(unit, key);
  if (known) return { teacher, score: known.record as unknown as Score, trained: false, skipped: true };
  const score = data.test ? await judgeTeacher(teacher, data.test, context, forwardRows) : { samples: 0 };
  await workspace.remember(unit, key, { record: score as never });
  return { teacher, score, trained: false, skipped: false };
}
