import { builtIn } from '../built-in/plugin.ts';
import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { expectSeveralClasses, resolveLabelSpaces } from '../labels/resolve-label-spaces.ts';
import { spaceOf } from '../labels/space-of.ts';
import type { AlphaScheduler } from '../objective/alpha.ts';
import type { Head, SoftTerm } from '../objective/objective.ts';
import { applyPlugins } from '../plugin/apply-plugins.ts';
import { ServiceContainer } from '../plugin/container.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { Registry } from '../plugin/registry.ts';
import type { Spec } from '../plugin/spec.ts';
import { createHooks, type Hooks } from '../run/hooks.ts';
import type { MemoryPolicy } from '../run/memory-policy.ts';
import { Random } from '../tensor/random.ts';
import { shapeProblems } from './check-shape.ts';
import type { KdConfig, TeacherConfig, TrainConfig } from './config.ts';
import { frozenCopy } from './frozen-copy.ts';
import { Mistakes } from './mistakes.ts';
import { resolveHardTerms } from './resolve-hard-terms.ts';
import { resolveSoftTerms } from './resolve-soft-terms.ts';
import { LABELS } from './services.ts';
import { resolveTraining, type TrainingSettings } from './resolve-training.ts';
import { withKnownLoss, type TermContext } from './term-loss.ts';

/** A config with everything resolved that can be without opening data or models. */
export interface ResolvedConfig {
  /** A frozen copy of what was given. */
  readonly config: KdConfig;
  /** Names the run; `default` where the config has none. */
  readonly name: string;
  /** Every random number of the run, by purpose, from the config's seed. */
  readonly random: Random;
  /** The strategies of all plugins. */
  readonly registry: Registry;
  /** In the order in which they were applied, kd's own first. */
  readonly plugins: readonly Plugin[];
  readonly services: ServiceContainer;
  /** With the taps of all plugins. */
  readonly hooks: Hooks;
  /** Every label space that the config declares, by name, in its order. */
  readonly spaces: ReadonlyMap<string, LabelSpace>;
  /** The student's heads; outputs that the config leaves open are filled in when the student is opened. */
  readonly heads: readonly LabelSpace[];
  /** The terms against teachers. */
  readonly soft: readonly SoftTerm[];
  readonly alpha: AlphaScheduler;
  readonly memory: MemoryPolicy;
  readonly training: TrainingSettings;
  /** How each teacher is trained that the run trains, by name. */
  readonly teacherTraining: Readonly<Record<string, TrainingSettings>>;
}

export interface ResolveOptions {
  /** Names the config in messages, e.g. its file. */
  readonly source?: string;
  /** Plugins that were found by name; in memory, the config holds the plugins themselves. */
  readonly plugins?: readonly Plugin[];
  /** Provides services before strategies ask for them. */
  readonly services?: ServiceContainer;
}

/** Checks a config and resolves its names. Throws every mistake at once. */
export function resolveConfig(config: KdConfig, { source = 'The config', plugins, services = new ServiceContainer() }: ResolveOptions = {}): ResolvedConfig {
  const problems = shapeProblems(config);
  if (problems.length > 0) throw kdError('KD_CONFIG_INVALID', { source, problems });
  services.provide(LABELS, config.labels);
  const hooks = createHooks();
  const registry = new Registry(services);
  const applied = [builtIn, ...(plugins ?? inMemory(config.plugins ?? []))];
  applyPlugins(applied, registry, { hooks, services });

  const mistakes = new Mistakes();
  const spaces = mistakes.attempt(() => expectSeveralClasses(resolveLabelSpaces(config.labels)));
  const alpha = mistakes.attempt(() => resolveAlpha(config.alpha, registry));
  const memory = mistakes.attempt(() => registry.resolve('memory', config.memory ?? 'whole-batch', 'memory'));
  const training = resolveTraining(config.train ?? {}, registry, 'train', mistakes);
  const aggregation = mistakes.attempt(() => registry.resolve('aggregator', config.aggregation ?? 'mean', 'aggregation'));
  const heads = spaces && mistakes.attempt(() => resolveHeads(config, spaces));
  const context: TermContext | undefined = spaces && heads && { config, spaces, heads: heads.map((space) => provisionalHead(space, config)), registry };
  const soft = context && resolveSoftTerms(context, aggregation, mistakes);
  if (!context) expectNames(config, spaces, registry, mistakes);
  for (const [name, term] of Object.entries(withKnownLoss('hard', config.hard ?? {}, registry, mistakes))) {
    // Which labels there are is not known yet.
    if (context) mistakes.attempt(() => resolveHardTerms({ ...context, config: { ...config, hard: { [name]: term } } }, () => true));
  }
  const teacherTraining: Record<string, TrainingSettings> = {};
  for (const [id, teacher] of Object.entries(config.teachers ?? {})) {
    mistakes.attempt(() => expectOneSource(id, teacher));
    if (!teacher.train) continue;
    const settings = resolveTraining(teacher.train === true ? {} : teacher.train, registry, `teachers.${id}.train`, mistakes);
    // A share of few labels judges the student; a teacher, which learns from all, is judged by so few only where it asks for it.
    const byFew = typeof config.data.validation === 'number' && config.data.labelled !== undefined;
    if (settings) teacherTraining[id] = byFew && settings.patience === undefined ? { ...settings, keep: settings.keep ?? 'last' } : settings;
  }
  expectValidation(config, mistakes);
  expectOpened(config, registry, mistakes);
  mistakes.throwIfAny(source);
  return {
    config: frozenCopy(config), name: config.name ?? 'default', random: new Random(config.seed ?? 0), registry, plugins: applied, services, hooks,
    spaces: spaces!, heads: heads!, soft: soft!, alpha: alpha!, memory: memory!, training: training!, teacherTraining,
  };
}

/** Settings that speak of the best epoch need something that judges epochs. */
function expectValidation({ data, train = {}, teachers = {} }: KdConfig, mistakes: Mistakes): void {
  if (data.validation !== undefined) return;
  const trainings: [string, TrainConfig][] = [['train', train], ...Object.entries(teachers).flatMap(([id, { train: own }]): [string, TrainConfig][] => (typeof own === 'object' ? [[`teachers.${id}.train`, own]] : []))];
  for (const [where, { keep, patience }] of trainings) {
    if (patience !== undefined) mistakes.add(kdError('KD_VALIDATION_MISSING', { where: `${where}.patience` }));
    if (keep === 'best') mistakes.add(kdError('KD_VALIDATION_MISSING', { where: `${where}.keep: 'best'` }));
  }
}

/** Names and options of what is opened later: data, backend, teachers from elsewhere. */
function expectOpened({ data, backend = 'auto', teachers = {} }: KdConfig, registry: Registry, mistakes: Mistakes): void {
  const readers = [['data.train', data.train], ['data.test', data.test], ['data.validation', data.validation]] as const;
  // A text alone may be a reader's name or a module's path.
  for (const [where, reader] of readers) if (Array.isArray(reader)) mistakes.holds(() => registry.expect('data', reader as unknown as Spec, where));
  if (backend !== 'auto') mistakes.holds(() => registry.expect('backend', backend, 'backend'));
  for (const [id, { source }] of Object.entries(teachers)) if (source !== undefined) mistakes.holds(() => registry.expect('teacher', source, `teachers.${id}.source`));
}

/** A head before the student is known; its output may be filled in later. */
function provisionalHead(space: LabelSpace, { student }: KdConfig): Head {
  return { space, output: student.heads?.[space.name] ?? '' };
}

/** What can be said of the terms where the heads are not known, or the label spaces neither. */
function expectNames({ teachers = {}, soft = {} }: KdConfig, spaces: ReadonlyMap<string, LabelSpace> | undefined, registry: Registry, mistakes: Mistakes): void {
  withKnownLoss('soft', soft, registry, mistakes);
  if (!spaces) return;
  for (const [id, { speaks }] of Object.entries(teachers)) mistakes.holds(() => void spaceOf(spaces, speaks, `teachers.${id}.speaks`));
}

function resolveHeads(config: KdConfig, spaces: ReadonlyMap<string, LabelSpace>): readonly LabelSpace[] {
  if (config.student.heads) return Object.keys(config.student.heads).map((name) => spaceOf(spaces, name, 'student.heads'));
  const first = [...spaces.values()].find(({ parent }) => !parent);
  if (!first) throw kdError('KD_LABEL_SPACE_EMPTY', { space: 'labels' });
  return [first];
}

function resolveAlpha(alpha: number | Spec | undefined, registry: Registry): AlphaScheduler {
  if (typeof alpha === 'number') return registry.resolve('alpha', ['constant', { alpha }], 'alpha');
  return registry.resolve('alpha', alpha ?? (registry.has('alpha', 'referee') ? 'referee' : 'constant'), 'alpha');
}

function expectOneSource(id: string, { model, predict, source, train, inputs, output, gives }: TeacherConfig): void {
  const given = Object.entries({ model, predict, source }).filter(([, value]) => value !== undefined).map(([key]) => key);
  if (given.length !== 1) throw kdError('KD_TEACHER_SOURCE', { teacher: id, given });
  const beside = Object.entries({ inputs, output, gives }).filter(([, value]) => value !== undefined).map(([key]) => key);
  if (source !== undefined && beside.length > 0) throw kdError('KD_TEACHER_OPTIONS', { teacher: id, given: beside });
  if (train && !model) throw kdError('KD_TEACHER_SOURCE', { teacher: id, given: [...given, 'train'] });
}

function inMemory(plugins: readonly (string | Plugin)[]): readonly Plugin[] {
  return plugins.map((plugin) => {
    if (typeof plugin === 'string') throw kdError('KD_PLUGIN_INVALID', { name: plugin, problem: 'a name is found by the kd command only; in memory, give the plugin itself' });
    if (typeof plugin !== 'object' || plugin === null || typeof plugin.name !== 'string') throw kdError('KD_PLUGIN_INVALID', { name: String(plugin), problem: 'it has no name' });
    return plugin;
  });
}
