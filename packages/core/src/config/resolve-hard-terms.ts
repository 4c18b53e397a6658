import { kdError } from '../errors/kd-error.ts';
import { granularityOf } from '../labels/granularity.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { spaceOf } from '../labels/space-of.ts';
import type { HardTerm } from '../objective/objective.ts';
import { isSpec, type Spec } from '../plugin/spec.ts';
import type { HardTermConfig } from './config.ts';
import { resolveLoss, viewsFor, type TermContext } from './term-loss.ts';

/**
 * The terms against labels, as configured or one for every head that the data has labels for.
 *
 * @param hasLabels whether the data says anything about a label space
 */
export function resolveHardTerms(context: TermContext, hasLabels: (space: LabelSpace) => boolean): readonly HardTerm[] {
  const { config, heads } = context;
  const configured = config.hard ?? Object.fromEntries(heads.filter(({ space }) => hasLabels(space)).map(({ space }) => [space.name, defaultHardLoss(space)]));
  return Object.entries(configured).map(([name, term]) => hardTerm(name, term, context, hasLabels));
}

function hardTerm(name: string, term: Spec | HardTermConfig, context: TermContext, hasLabels: (space: LabelSpace) => boolean): HardTerm {
  const { spaces, heads } = context;
  const where = `hard.${name}`;
  const own: HardTermConfig = isSpec(term) ? { loss: term } : term;
  const granularity = granularityOf(spaceOf(spaces, name, where), heads.map(({ space }) => space), where);
  if (!hasLabels(granularity.space)) throw kdError('KD_DATA_LABELS_MISSING', { space: name, known: [...spaces.values()].filter(hasLabels).map((space) => space.name), who: where });
  const loss = resolveLoss('hard', own.loss, context, where, name);
  const views = viewsFor(where, loss, own.loss, granularity.space, spaces);
  return { name: `hard/${name}`, granularity, head: heads.find(({ space }) => space === granularity.head)!, loss, views, weight: own.weight ?? 1 };
}

/** The default loss against labels of a space. */
export function defaultHardLoss(space: LabelSpace): Spec {
  return space.kind === 'values' ? ['kd/mean-squared-error', { against: 'labels' }] : 'kd/cross-entropy';
}
