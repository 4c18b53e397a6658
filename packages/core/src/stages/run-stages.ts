import type { ResolvedConfig } from '../config/resolve-config.ts';
import { KdError } from '../errors/kd-error.ts';
import type { View } from '../labels/view.ts';
import type { Model } from '../model/model.ts';
import type { Plain } from '../objective/alpha.ts';
import type { HardTerm, SoftTerm } from '../objective/objective.ts';
import { failureOf } from '../run/failure-of.ts';
import type { Reporter } from '../run/reporter.ts';
import type { StopSignal } from '../run/stop-signal.ts';
import { distillStudent } from './distill-student.ts';
import { makeDistillationData } from './distillation-data.ts';
import { openData, type OpenedData } from './open-data.ts';
import { pickStudent, type PickedStudent } from './pick-student.ts';
import type { PickedTeacher } from './pick-teacher.ts';
import { closeTeachers, pickTeachers } from './pick-teachers.ts';
import { planMemory } from './plan-memory.ts';
import { BACKEND } from './services.ts';
import { stageNames, type StageContext, type StageName } from './stage-context.ts';
import { summarise } from './summarise.ts';
import type { Summary } from './summary.ts';
import { trainTeachers, type TrainedTeacher } from './train-teachers.ts';
import type { Workspace } from './workspace.ts';

export interface RunOptions {
  readonly workspace: Workspace;
  readonly reporter: Reporter;
  readonly stop: StopSignal;
  /** Name of the backend that was started. */
  readonly backend: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The last stage to run; all of them when left out. */
  readonly until?: StageName;
}

/** What the stages that ran have made; teachers that the run has built or opened are closed again. */
export interface RunOutcome {
  readonly data: OpenedData;
  readonly teachers: readonly TrainedTeacher[];
  readonly student: PickedStudent | undefined;
  /** The student, trained, once the last stage has run. */
  readonly model: Model | undefined;
  readonly summary: Summary | undefined;
}

/** Runs the stages in order, each only where something that it depends on has changed. */
export async function runStages(resolved: ResolvedConfig, options: RunOptions): Promise<RunOutcome> {
  const { hooks, services } = resolved;
  if (services.has(BACKEND)) services.get(BACKEND, 'the run').warn = (message) => options.reporter.warn?.(message);
  let outcome: RunOutcome;
  try {
    await hooks.runStart.promise({ name: resolved.name, seed: resolved.random.seed });
    outcome = await stages(resolved, options);
  } catch (thrown) {
    const error = failureOf(thrown);
    // What the run failed with matters more than a tap that fails over it.
    await hooks.failed.promise(error instanceof Error ? error : new Error(String(error))).catch((later: Error) => options.reporter.warn?.(later.message));
    throw error;
  }
  try {
    await hooks.runEnd.promise((outcome.summary ?? null) as unknown as Plain);
  } catch (error) {
    outcome.student?.close();
    throw error;
  }
  return outcome;
}

async function stages(resolved: ResolvedConfig, { workspace, reporter, stop, backend, versions, until = 'distill' }: RunOptions): Promise<RunOutcome> {
  const last = stageNames.indexOf(until);
  const seconds: Record<string, number> = {};
  const data = await openData(resolved);
  for (const warning of data.warnings) reporter.warn?.(warning);
  let picked: readonly PickedTeacher[] = [];
  let student: PickedStudent | undefined;
  const context: StageContext = { resolved, workspace, reporter, stop, data, platform: { ...versions, backend } };
  const stage = async <T>(name: StageName, work: () => Promise<T>, skipped: (made: T) => boolean): Promise<T | undefined> => {
    if (stageNames.indexOf(name) > last) return undefined;
    stop.check(0);
    reporter.stageStart?.(name);
    await resolved.hooks.stageStart.promise(name);
    const started = performance.now();
    const made = await work();
    const took = (performance.now() - started) / 1000;
    seconds[name] = skipped(made) ? 0 : Math.round(took * 1000) / 1000;
    reporter.stageEnd?.(name, { skipped: skipped(made), seconds: took });
    await resolved.hooks.stageEnd.promise(name);
    return made;
  };
  const train = async (): Promise<RunOutcome> => {
    const plan = student ? planMemory(context, student, picked).plan : {};
    const trained = await stage('train-teachers', () => trainTeachers(context, picked, plan), (made) => made.length > 0 && made.every(({ skipped }) => skipped));
    const knowledge = await stage('distillation-data', () => makeDistillationData(context, trained!, student!.objective.soft, plan), ({ skipped }) => skipped);
    const distilled = await stage('distill', () => distillStudent(context, student!, knowledge!, plan), ({ skipped }) => skipped);
    const summary = distilled && (await summarise(context, { backend, versions, seconds, picked, trained: trained!, student: student!, knowledge: knowledge!, distilled }));
    return { data, teachers: trained ?? [], student, model: distilled && student!.model, summary };
  };
  try {
    picked = (await stage('teachers', () => pickTeachers(context), () => false)) ?? [];
    student = await stage('student', () => pickStudent(context), () => false);
    for (const warning of student?.warnings ?? []) reporter.warn?.(warning);
    return await train();
  } catch (error) {
    student?.close();
    // Who asks a run to end does not wait for a teacher that is away.
    if (error instanceof KdError && error.code === 'KD_REMOTE_AWAY') stop.check(0);
    throw error;
  } finally {
    for (const view of viewsIn([...resolved.soft, ...(student?.objective.hard ?? [])])) view.dispose();
    await closeTeachers(picked);
    await data.close();
  }
}

/** The views through which terms compare; they hold tensors. */
function viewsIn(terms: readonly (SoftTerm | HardTerm)[]): readonly View[] {
  const ofTeachers = (term: SoftTerm | HardTerm): readonly (View | undefined)[] => ('teachers' in term ? term.teachers.flatMap(({ coarsen, view }) => [coarsen, view]) : []);
  return terms.flatMap((term) => [term.granularity.view, ...ofTeachers(term)]).filter((view) => view !== undefined);
}
