import { kdError } from '../errors/kd-error.ts';
import { liveSource } from '../knowledge/live-source.ts';
import { storedSource } from '../knowledge/stored-source.ts';
import type { SignalSource, StoredSignals } from '../knowledge/signal-source.ts';
import type { MemoryPlan } from '../run/memory-policy.ts';
import type { SoftTerm } from '../objective/objective.ts';
import { fingerprint } from '../tensor/hash.ts';
import { answersWith, askedHow } from './asked-how.ts';
import type { StageContext } from './stage-context.ts';
import { fillStore, probeStore, storedKeys } from './store-signals.ts';
import type { TrainedTeacher } from './train-teachers.ts';
import type { SignalsRequest } from './workspace.ts';

export interface DistillationData {
  /** Undefined where there are no teachers. */
  readonly source: SignalSource | undefined;
  /** Names every answer that the student will be trained on. */
  readonly fingerprint: string;
  /** Shapes of teacher features, by term and layer. */
  readonly teacherFeatures: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  readonly skipped: boolean;
}

/** Stage `distillation-data`: the teachers' answers on the transfer set, stored once; or, with live teachers, nothing. */
export async function makeDistillationData(context: StageContext, teachers: readonly TrainedTeacher[], soft: readonly SoftTerm[], plan: MemoryPlan): Promise<DistillationData> {
  const { resolved, data, platform, workspace } = context;
  const { precision = 'float16', topK } = resolved.config.distillationData ?? {};
  if (teachers.length === 0) return { source: undefined, fingerprint: '', teacherFeatures: {}, skipped: true };
  const stores: Record<string, StoredSignals> = {};
  const keysOf: Record<string, SignalsRequest['keys']> = {};
  const prints: Record<string, string> = {};
  let skipped = true;
  for (const { teacher } of teachers) {
    const { id, hash, space } = teacher.manifest;
    const features = featuresOf(soft, id);
    const own = resolved.config.teachers![id]!;
    prints[id] = await fingerprint({ unit: `distillation-data/${id}`, hash, data: data.samplesHash, precision, topK, features, asked: askedHow(own), space: space.classes, platform });
    if (teacher.stored) {
      stores[id] = teacher.stored(data.train);
      keysOf[id] = stores[id].keys;
      continue;
    }
    keysOf[id] = await storedKeys(teacher, data.train, features, topK, answersWith(own, space));
    if (plan.teachers === 'live') {
      if (plan.resident && !plan.resident.includes(id)) await teacher.park?.();
      continue;
    }
    const request: SignalsRequest = { teacher: id, fingerprint: prints[id], samplesHash: data.samplesHash, classes: space.classes, space: space.name, keys: keysOf[id], ids: data.train, precision };
    const known = await workspace.openSignals(request);
    if (known) {
      await probeStore(known, teacher, data.train, features, topK, resolved.random, precision);
      stores[id] = known;
      context.reporter.unitSkipped?.('distillation-data', id);
    } else {
      skipped = false;
      stores[id] = await fillStore(context, request, teacher, features, topK, plan.forwardRows);
    }
    // Nobody asks it again in this run.
    await teacher.park?.();
  }
  const live = plan.teachers === 'live';
  const answers = Object.fromEntries(Object.entries(stores).map(([id, { hash }]) => [id, hash]));
  return {
    source: live ? liveSource(teachers.map(({ teacher }) => teacher), (id) => featuresOf(soft, id), plan.resident) : storedSource(stores),
    fingerprint: await fingerprint({ prints, answers, live }),
    teacherFeatures: Object.fromEntries(soft.map((term) => [term.name, featureShapes(term, keysOf)])),
    skipped: skipped || live,
  };
}

/** The layers of a teacher that losses ask for. */
export function featuresOf(soft: readonly SoftTerm[], teacher: string): readonly string[] {
  const wanted = soft.flatMap(({ loss }) => (loss.needs?.features?.teacher?.id === teacher ? loss.needs.features.teacher.layers : []));
  return [...new Set(wanted)];
}

export function expectFeatures(soft: readonly SoftTerm[], has: (layer: string) => boolean, teacher: string): void {
  for (const { name, loss } of soft) {
    const wanted = loss.needs?.features?.teacher;
    const missing = wanted?.id === teacher ? wanted.layers.find((layer) => !has(layer)) : undefined;
    if (missing !== undefined) throw kdError('KD_LOSS_NEEDS', { term: name, loss: loss.label ?? name, needs: `layer '${missing}' of teacher '${teacher}'`, why: 'the teacher has no such layer' });
  }
}

function featureShapes({ loss }: SoftTerm, keysOf: Readonly<Record<string, SignalsRequest['keys']>>): Record<string, readonly number[]> {
  const wanted = loss.needs?.features?.teacher;
  if (!wanted) return {};
  return Object.fromEntries(wanted.layers.map((layer) => [layer, keysOf[wanted.id]!.find(({ name }) => name === `features/${layer}`)!.shape]));
}
