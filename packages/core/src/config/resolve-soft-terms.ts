import { aggregatorFor } from '../built-in/aggregation/per-granularity.ts';
import { kdError } from '../errors/kd-error.ts';
import { granularityOf } from '../labels/granularity.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { spaceOf } from '../labels/space-of.ts';
import { viewOf } from '../labels/view.ts';
import type { Aggregator } from '../objective/aggregation.ts';
import type { SoftTerm, TermTeacher } from '../objective/objective.ts';
import { isSpec, nameIn, type Spec } from '../plugin/spec.ts';
import type { SoftTermConfig } from './config.ts';
import type { Mistakes } from './mistakes.ts';
import { resolveLoss, viewsFor, withKnownLoss, type TermContext } from './term-loss.ts';

interface SoftContext extends TermContext {
  readonly aggregation: Aggregator;
}

/**
 * The terms against teachers, as configured or one for every granularity that a teacher speaks.
 *
 * @param aggregation undefined where it could not be resolved
 * @returns undefined where something is wrong, which is said to `mistakes`
 */
export function resolveSoftTerms(given: TermContext, aggregation: Aggregator | undefined, mistakes: Mistakes): readonly SoftTerm[] | undefined {
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
  const context: SoftContext = { ...given, aggregation };
  const configured = known ?? Object.fromEntries(spoken.map(({ name, space }) => [name, defaultSoftLoss(space)]));
  const terms = Object.entries(configured).map(([name, term]) => mistakes.attempt(() => softTerm(name, term, context)));
  if (!terms.every((term) => term !== undefined) || terms.length < Object.keys(config.soft ?? {}).length) return undefined;
  const used = new Set(terms.flatMap(({ teachers: heard, loss }) => [...heard.map(({ id }) => id), loss.needs?.features?.teacher?.id]));
  const idle = Object.keys(teachers).find((id) => !used.has(id));
  if (idle) mistakes.add(kdError('KD_TEACHER_UNUSED', { teacher: idle, terms: terms.map(({ name }) => name) }));
  return terms;
}

function softTerm(name: string, term: Spec | SoftTermConfig, context: SoftContext): SoftTerm {
  const { config, spaces, heads, aggregation } = context;
  const own: SoftTermConfig = isSpec(term) ? { loss: term } : term;
  const where = `soft.${name}`;
  const loss = resolveLoss('soft', own.loss, context, where, name);
  const lacks = (needs: string, why: string): Error => kdError('KD_LOSS_NEEDS', { term: name, loss: nameIn(own.loss), needs, why });
  const comparesAnswers = loss.needs?.logits !== false;
  const on = own.on ?? (!comparesAnswers && !spaces.has(name) ? heads[0]!.space.name : name);
  const granularity = granularityOf(spaceOf(spaces, on, where), heads.map((head) => head.space), name);
  const head = heads.find(({ space }) => space === granularity.head)!;
  const temperFirst = own.temper === 'first';
  if (temperFirst && loss.temperature === undefined) throw lacks("`temper: 'last'`", 'it has no fixed temperature that could come first');
  const aggregator = aggregatorFor(aggregation, granularity.name);
  const heard = comparesAnswers ? teachersOf(own.teachers, granularity.space, aggregator, context, name) : [];
  for (const id of [...(own.teachers ?? []), loss.needs?.features?.teacher?.id]) {
    if (id !== undefined && !config.teachers?.[id]) throw lacks(`teacher '${id}'`, `teachers are ${Object.keys(config.teachers ?? {}).join(', ') || '(none)'}`);
  }
  if (heard.length === 0 && comparesAnswers) throw lacks('a teacher', `no teacher speaks '${granularity.name}'`);
  aggregator.check?.({ space: granularity.space, teachers: heard });
  const views = viewsFor(name, loss, own.loss, granularity.space, spaces);
  return { name, granularity, head, teachers: heard, aggregator, prepared: undefined, loss, views, temperFirst, weight: own.weight ?? 1 };
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

/** The default loss against teachers of a space. */
function defaultSoftLoss(space: LabelSpace): Spec {
  return space.kind === 'values' ? 'kd/mean-squared-error' : 'kd/kl-divergence';
}
