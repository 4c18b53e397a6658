import { liveSource } from '../knowledge/live-source.ts';
import type { SignalSource, StoredKey, StoredSignals } from '../knowledge/signal-source.ts';
import { storedSource } from '../knowledge/stored-source.ts';
import type { SoftTerm } from '../objective/objective.ts';
import type { MemoryPlan } from '../run/memory-policy.ts';
import type { TeacherFeatures } from '../step/step.ts';
import { fingerprint } from '../tensor/hash.ts';
import { answersWith, askedHow } from './asked-how.ts';
import type { AskedTeacher } from './asked-teacher.ts';
import { fillStore } from './fill-store.ts';
import type { OpenedData } from './open-data.ts';
import { probeStore } from './probe-store.ts';
import type { StageContext } from './stage-context.ts';
import { storedKeys } from './stored-keys.ts';
import { featureShapes, featuresOf } from './teacher-features.ts';
import type { TrainedTeacher } from './train-teachers.ts';
import type { SignalsRequest } from './workspace.ts';

export interface DistillationData {
  /** Undefined where there are no teachers. */
  readonly source: SignalSource | undefined;
  /** Names every answer that the student will be trained on. */
  readonly fingerprint: string;
  readonly teacherFeatures: TeacherFeatures;
  readonly skipped: boolean;
}

/** Stage `distillation-data`: the teachers' answers on the transfer set, stored once; or, with live teachers, nothing. */
export async function makeDistillationData(context: StageContext, teachers: readonly TrainedTeacher[], soft: readonly SoftTerm[], plan: MemoryPlan): Promise<DistillationData> {
  const { resolved, data, platform } = context;
  const { precision = 'float16', topK } = resolved.config.distillationData ?? {};
  if (teachers.length === 0) return { source: undefined, fingerprint: '', teacherFeatures: {}, skipped: true };
  const live = plan.teachers === 'live';
  const stores: Record<string, StoredSignals> = {};
  const keysOf: Record<string, readonly StoredKey[]> = {};
  const prints: Record<string, string> = {};
  let skipped = true;
  for (const { teacher } of teachers) {
    const { id, hash, space } = teacher.manifest;
    const asked: AskedTeacher = { teacher, dataset: data.train, features: featuresOf(soft, id), topK };
    const own = resolved.config.teachers![id]!;
    prints[id] = await fingerprint({
      unit: `distillation-data/${id}`, hash, data: data.samplesHash, precision, topK, features: asked.features, asked: askedHow(own), space: space.classes, platform,
    });
    if (teacher.stored) {
      stores[id] = teacher.stored(data.train);
      if (isOfOtherSamples(stores[id], data)) {
        context.reporter.warn?.(`Teacher '${id}': its stored answers were made for samples that held something else, and the ids say no more than where a sample stands. If that was another data set, these answers are wrong here; give samples ids of their own.`);
      }
      keysOf[id] = stores[id].keys;
      continue;
    }
    keysOf[id] = await storedKeys(asked, answersWith(own, space));
    if (live) {
      if (plan.resident && !plan.resident.includes(id)) await teacher.park?.();
      continue;
    }
    const request: SignalsRequest = {
      teacher: id, fingerprint: prints[id], samplesHash: data.samplesHash, classes: space.classes, space: space.name, keys: keysOf[id], ids: data.train, precision,
    };
    const known = await openFilled(context, request, asked);
    if (!known) skipped = false;
    stores[id] = known ?? (await fillStore(context, request, asked, plan.forwardRows));
    // Nobody asks it again in this run.
    await teacher.park?.();
  }
  const answers = Object.fromEntries(Object.entries(stores).map(([id, { hash }]) => [id, hash]));
  return {
    source: live ? liveSource(teachers.map(({ teacher }) => teacher), (id) => featuresOf(soft, id), plan.resident) : storedSource(stores),
    fingerprint: await fingerprint({ prints, answers, live }),
    teacherFeatures: featureShapes(soft, keysOf),
    skipped: skipped || live,
  };
}

/** Ids that are positions are the same in every data set; others may well name a sample in another form, such as its text. */
function isOfOtherSamples({ madeFor }: StoredSignals, { train, samplesHash, whole }: OpenedData): boolean {
  if (!madeFor) return false;
  const { ids } = madeFor;
  // Answers may be there for what a share for validation has taken out, too.
  const asked = [{ dataset: train, hash: samplesHash }, whole].find(({ dataset }) => dataset.size === ids.length && ids.every((id, row) => id === String(row) && id === dataset.id(row)));
  return asked !== undefined && asked.hash !== madeFor.samplesHash;
}

/** A store that an earlier run has filled, once it is proven to be this teacher's; undefined when there is none. */
async function openFilled({ resolved, workspace, reporter }: StageContext, request: SignalsRequest, asked: AskedTeacher): Promise<StoredSignals | undefined> {
  const known = await workspace.openSignals(request);
  if (!known) return undefined;
  await probeStore(known, asked, resolved.random, request.precision);
  reporter.unitSkipped?.('distillation-data', request.teacher);
  return known;
}
