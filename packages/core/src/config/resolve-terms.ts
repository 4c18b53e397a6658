import { aggregatorFor } from '../built-in/aggregation/per-granularity.ts';
import { kdError } from '../errors/kd-error.ts';
import { granularityOf } from '../labels/granularity.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { viewOf, type View } from '../labels/view.ts';
import type { Aggregator } from '../objective/aggregation.ts';
import type { Loss } from '../objective/loss.ts';
import type { HardTerm, Head, SoftTerm, TermTeacher } from '../objective/objective.ts';
import type { Registry } from '../plugin/registry.ts';
import type { Spec } from '../plugin/strategy.ts';
import type { HardTermConfig, KdConfig, SoftTermConfig } from './config.ts';
import type { Mistakes } from './mistakes.ts';

/** What terms are resolved against. */
export interface TermContext {
  readonly config: KdConfig;
  readonly spaces: ReadonlyMap<string, LabelSpace>;
  readonly heads: readonly Head[];
  readonly registry: Registry;
  readonly aggregation: Aggregator;
}

/** The terms whose loss has a name and options that are right, whatever else may be wrong; the others' are said to `mistakes`. */
export function withKnownLoss<Term extends Spec | { readonly loss: Spec }>(side: 'hard' | 'soft', terms: Readonly<Record<string, Term>>, registry: Registry, mistakes: Mistakes): Readonly<Record<string, Term>> {
  return Object.fromEntries(Object.entries(terms).filter(([name, term]) => mistakes.holds(() => registry.expect('loss', isSpec(term) ? term : (term as { loss: Spec }).loss, `${side}.${name}`))));
}

/**
 * The terms against teachers, as configured or one for every granularity that a teacher speaks.
 *
 * @param aggregation undefined where it could not be resolved
 * @returns undefined where something is wrong, which is said to `mistakes`
 */
export function resolveSoftTerms({ aggregation, ...given }: Omit<TermContext, 'aggregation'> & { readonly aggregation: Aggregator | undefined }, mistakes: Mistakes): readonly SoftTerm[] | undefined {
  const { config, heads, spaces, registry } = given;
  const known = config.soft && withKnownLoss('soft', config.soft, registry, mistakes);
  const teachers = config.teachers ?? {};
  const spoken = Object.entries(teachers).map(([id, { speaks }]) => mistakes.attempt(() => {
    const space = spaceOf(spaces, speaks, `teachers.${id}.speaks`);
    // A teacher that is asked for features alone may speak of anything.
    return config.soft ? { name: space.name, space } : granularityOf(space, heads.map((head) => head.space), id);
  }));
  // Without a label space for every teacher, the same would be said again of every term.
  if (!aggregation || !spoken.every((granularity) => granularity !== undefined)) return undefined;
  const context = { ...given, aggregation };
  const configured = known ?? Object.fromEntries(spoken.map(({ name, space }) => [name, defaultSoft(space)]));
  const terms = Object.entries(configured).map(([name, term]) => mistakes.attempt(() => softTerm(name, term, context)));
  if (!terms.every((term) => term !== undefined) || terms.length < Object.keys(config.soft ?? {}).length) return undefined;
  const used = new Set(terms.flatMap(({ teachers: heard, loss }) => [...heard.map(({ id }) => id), loss.needs?.features?.teacher?.id]));
  const idle = Object.keys(teachers).find((id) => !used.has(id));
  if (idle) mistakes.add(kdError('KD_TEACHER_UNUSED', { teacher: idle, terms: terms.map(({ name }) => name) }));
  return terms;
}

function softTerm(name: string, term: Spec | SoftTermConfig, context: TermContext): SoftTerm {
  const { config, spaces, heads, registry, aggregation } = context;
  const own: SoftTermConfig = isSpec(term) ? { loss: term } : term;
  const loss = registry.resolve('loss', own.loss, `soft.${name}`);
  expectRole(name, loss, 'soft', own.loss);
  const on = own.on ?? (loss.needs?.logits === false && !spaces.has(name) ? heads[0]!.space.name : name);
  const granularity = granularityOf(spaceOf(spaces, on, `soft.${name}`), heads.map((head) => head.space), name);
  const head = heads.find(({ space }) => space === granularity.head)!;
  const temperFirst = own.temper === 'first';
  if (temperFirst && loss.temperature === undefined) throw kdError('KD_LOSS_NEEDS', { term: name, loss: specName(own.loss), needs: "`temper: 'last'`", why: 'it has no fixed temperature that could come first' });
  const aggregator = aggregatorFor(aggregation, granularity.name);
  const heard = loss.needs?.logits === false ? [] : teachersOf(own.teachers, granularity.space, aggregator, context, name);
  for (const id of [...(own.teachers ?? []), loss.needs?.features?.teacher?.id]) {
    if (id !== undefined && !config.teachers?.[id]) throw kdError('KD_LOSS_NEEDS', { term: name, loss: specName(own.loss), needs: `teacher '${id}'`, why: `teachers are ${Object.keys(config.teachers ?? {}).join(', ') || '(none)'}` });
  }
  if (heard.length === 0 && loss.needs?.logits !== false) throw kdError('KD_LOSS_NEEDS', { term: name, loss: specName(own.loss), needs: 'a teacher', why: `no teacher speaks '${granularity.name}'` });
  aggregator.check?.({ space: granularity.space, teachers: heard });
  const views = viewsFor(name, loss, own.loss, granularity.space, spaces);
  return { name, granularity, head, teachers: heard, aggregator, prepared: undefined, loss, views, temperFirst, weight: own.weight ?? 1 };
}

/** What can be said of the terms where the heads are not known, or the label spaces neither. */
export function expectNames({ teachers = {}, soft = {} }: KdConfig, spaces: ReadonlyMap<string, LabelSpace> | undefined, registry: Registry, mistakes: Mistakes): void {
  withKnownLoss('soft', soft, registry, mistakes);
  for (const [id, { speaks }] of Object.entries(teachers)) if (spaces) mistakes.holds(() => void spaceOf(spaces, speaks, `teachers.${id}.speaks`));
}

/** The views that a loss asks for. */
function viewsFor(term: string, { needs }: Loss, spec: Spec, from: LabelSpace, spaces: ReadonlyMap<string, LabelSpace>): Readonly<Record<string, View>> | undefined {
  return needs?.views && Object.fromEntries(needs.views.map((name) => {
    const view = viewOf(from, spaceOf(spaces, name, `the options of ${specName(spec)}`));
    if (!view) throw kdError('KD_LOSS_NEEDS', { term, loss: specName(spec), needs: `'${name}' as a view of '${from.name}'`, why: `'${name}' is not declared \`of: '${from.name}'\`` });
    return [name, view];
  }));
}

/** Teachers that speak the space, that are finer than it, or, for aggregators that join views, that know a part of it. */
function teachersOf(asked: readonly string[] | undefined, space: LabelSpace, aggregator: Aggregator, { config, spaces, heads }: TermContext, term: string): readonly TermTeacher[] {
  const found: TermTeacher[] = [];
  for (const [id, { speaks }] of Object.entries(config.teachers ?? {})) {
    if (asked && !asked.includes(id)) continue;
    const own = spaceOf(spaces, speaks, `teachers.${id}.speaks`);
    const coarsen = viewOf(own, space);
    const view = viewOf(space, own);
    if (own === space) found.push({ id });
    else if (coarsen && (asked || granularityOf(own, heads.map((head) => head.space), id).space === space)) found.push({ id, coarsen });
    else if (view && aggregator.joinsViews) found.push({ id, view });
    else if (asked) throw kdError('KD_LABEL_SPACES_UNRELATED', { teacher: id, space: speaks, heads: [`${term}: ${space.name}`] });
  }
  return found;
}

/**
 * The terms against labels, as configured or one for every head that the data has labels for.
 *
 * @param hasLabels whether the data says anything about a label space
 */
export function resolveHardTerms({ config, spaces, heads, registry }: Omit<TermContext, 'aggregation'>, hasLabels: (space: LabelSpace) => boolean): readonly HardTerm[] {
  const configured = config.hard ?? Object.fromEntries(heads.filter(({ space }) => hasLabels(space)).map(({ space }) => [space.name, defaultHard(space)]));
  return Object.entries(configured).map(([name, term]) => {
    const own: HardTermConfig = isSpec(term) ? { loss: term } : term;
    const granularity = granularityOf(spaceOf(spaces, name, `hard.${name}`), heads.map((head) => head.space), `hard.${name}`);
    if (!hasLabels(granularity.space)) throw kdError('KD_DATA_LABELS_MISSING', { space: name, known: [...spaces.values()].filter(hasLabels).map((space) => space.name), who: `hard.${name}` });
    const loss = registry.resolve('loss', own.loss, `hard.${name}`);
    expectRole(name, loss, 'hard', own.loss);
    const views = viewsFor(`hard.${name}`, loss, own.loss, granularity.space, spaces);
    return { name: `hard/${name}`, granularity, head: heads.find(({ space }) => space === granularity.head)!, loss, views, weight: own.weight ?? 1 };
  });
}

/** The default loss against labels of a space. */
export function defaultHard(space: LabelSpace): Spec {
  return space.kind === 'values' ? ['kd/mean-squared-error', { against: 'labels' }] : 'kd/cross-entropy';
}

/** The default loss against teachers of a space. */
function defaultSoft(space: LabelSpace): Spec {
  return space.kind === 'values' ? 'kd/mean-squared-error' : 'kd/kl-divergence';
}

export function spaceOf(spaces: ReadonlyMap<string, LabelSpace>, name: string, where: string): LabelSpace {
  const space = spaces.get(name);
  if (!space) throw kdError('KD_LABEL_SPACE_UNKNOWN', { name, where, known: [...spaces.keys()] });
  return space;
}

function expectRole(term: string, { role }: Loss, expected: Loss['role'], spec: Spec): void {
  if (role !== expected) throw kdError('KD_LOSS_NEEDS', { term, loss: specName(spec), needs: role === 'hard' ? 'labels' : 'teachers', why: `it stands under \`${expected}\`; move it to \`${role}\`` });
}

function isSpec(term: Spec | object): term is Spec {
  return typeof term === 'string' || Array.isArray(term);
}

function specName(spec: Spec): string {
  return typeof spec === 'string' ? spec : spec[0];
}
