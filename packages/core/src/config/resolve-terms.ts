import { aggregatorFor } from '../built-in/aggregation/per-granularity.ts';
import { kdError } from '../errors/kd-error.ts';
import { granularityOf } from '../labels/granularity.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { viewOf } from '../labels/view.ts';
import type { Aggregator } from '../objective/aggregation.ts';
import type { Loss } from '../objective/loss.ts';
import type { HardTerm, Head, SoftTerm, TermTeacher } from '../objective/objective.ts';
import type { Registry } from '../plugin/registry.ts';
import type { Spec } from '../plugin/strategy.ts';
import type { HardTermConfig, KdConfig, SoftTermConfig } from './config.ts';

/** What terms are resolved against. */
export interface TermContext {
  readonly config: KdConfig;
  readonly spaces: ReadonlyMap<string, LabelSpace>;
  readonly heads: readonly Head[];
  readonly registry: Registry;
  readonly aggregation: Aggregator;
}

/** The terms against teachers, as configured or one for every granularity that a teacher speaks. */
export function resolveSoftTerms(context: TermContext): readonly SoftTerm[] {
  const { config, heads, spaces } = context;
  const teachers = config.teachers ?? {};
  const configured = config.soft ?? Object.fromEntries(Object.entries(teachers).map(([id, { speaks }]) => {
    const { name, space } = granularityOf(spaceOf(spaces, speaks, `teachers.${id}.speaks`), heads.map((head) => head.space), id);
    return [name, space.kind === 'values' ? 'mean-squared-error' : 'kl-divergence'];
  }));
  const terms = Object.entries(configured).map(([name, term]) => softTerm(name, term, context));
  const used = new Set(terms.flatMap(({ teachers: heard, loss }) => [...heard.map(({ id }) => id), loss.needs?.features?.teacher?.id]));
  const idle = Object.keys(teachers).find((id) => !used.has(id));
  if (idle) throw kdError('KD_TEACHER_UNUSED', { teacher: idle, terms: terms.map(({ name }) => name) });
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
  const aggregator = aggregatorFor(aggregation, granularity.name);
  const heard = loss.needs?.logits === false ? [] : teachersOf(own.teachers, granularity.space, aggregator, context, name);
  const featured = loss.needs?.features?.teacher?.id;
  if (featured !== undefined && !config.teachers?.[featured]) throw kdError('KD_LOSS_NEEDS', { term: name, loss: specName(own.loss), needs: `teacher '${featured}'`, why: `teachers are ${Object.keys(config.teachers ?? {}).join(', ') || '(none)'}` });
  if (heard.length === 0 && loss.needs?.logits !== false) throw kdError('KD_LOSS_NEEDS', { term: name, loss: specName(own.loss), needs: 'a teacher', why: `no teacher speaks '${granularity.name}'` });
  return { name, granularity, head, teachers: heard, aggregator, prepared: undefined, loss, weight: own.weight ?? 1 };
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
    return { name: `hard/${name}`, granularity, head: heads.find(({ space }) => space === granularity.head)!, loss, weight: own.weight ?? 1 };
  });
}

/** The default loss against labels of a space. */
export function defaultHard(space: LabelSpace): Spec {
  return space.kind === 'values' ? ['mean-squared-error', { against: 'labels' }] : 'cross-entropy';
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
