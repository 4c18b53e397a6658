import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { spaceOf } from '../labels/space-of.ts';
import { viewOf, type View } from '../labels/view.ts';
import type { Loss } from '../objective/loss.ts';
import type { Head } from '../objective/objective.ts';
import type { Registry } from '../plugin/registry.ts';
import { isSpec, nameIn, type Spec } from '../plugin/spec.ts';
import type { KdConfig } from './config.ts';
import type { Mistakes } from './mistakes.ts';

/** What terms are resolved against. */
export interface TermContext {
  readonly config: KdConfig;
  readonly spaces: ReadonlyMap<string, LabelSpace>;
  readonly heads: readonly Head[];
  readonly registry: Registry;
}

/** A term as a config has it: its loss alone, or a loss and more. */
type TermConfig = Spec | { readonly loss: Spec };

/** The terms whose loss has a name and options that are right, whatever else may be wrong; the others' are said to `mistakes`. */
export function withKnownLoss<Term extends TermConfig>(side: 'hard' | 'soft', terms: Readonly<Record<string, Term>>, registry: Registry, mistakes: Mistakes): Readonly<Record<string, Term>> {
  const isKnown = (name: string, term: TermConfig): boolean => mistakes.holds(() => registry.expect('loss', isSpec(term) ? term : term.loss, `${side}.${name}`));
  return Object.fromEntries(Object.entries(terms).filter(([name, term]) => isKnown(name, term)));
}

/**
 * The loss of a term, made for its side.
 *
 * @param where the term's place in the config, e.g. `soft.low`
 * @param term what messages call it
 * @throws KD_LOSS_NEEDS for a loss of the other side, and what resolving a strategy throws
 */
export function resolveLoss(side: Loss['role'], spec: Spec, { registry }: TermContext, where: string, term: string): Loss {
  const loss = registry.resolve('loss', spec, where);
  if (loss.role === side) return loss;
  const needs = loss.role === 'hard' ? 'labels' : 'teachers';
  throw kdError('KD_LOSS_NEEDS', { term, loss: nameIn(spec), needs, why: `it stands under \`${side}\`; move it to \`${loss.role}\`` });
}

/** The views from a term's label space that its loss asks for. @throws KD_LOSS_NEEDS, KD_LABEL_SPACE_UNKNOWN */
export function viewsFor(term: string, { needs }: Loss, spec: Spec, from: LabelSpace, spaces: ReadonlyMap<string, LabelSpace>): Readonly<Record<string, View>> | undefined {
  return needs?.views && Object.fromEntries(needs.views.map((name) => {
    const view = viewOf(from, spaceOf(spaces, name, `the options of ${nameIn(spec)}`));
    if (view) return [name, view];
    throw kdError('KD_LOSS_NEEDS', { term, loss: nameIn(spec), needs: `'${name}' as a view of '${from.name}'`, why: `'${name}' is not declared \`of: '${from.name}'\`` });
  }));
}
