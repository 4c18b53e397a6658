import type { Loss } from '@kd/core';
import type * as tf from '@tensorflow/tfjs-core';
import { subjectOf, type StrategyOf, type SubjectOptions } from '../subject.ts';
import { lossCase, type FeatureShapes, type Flavour } from './loss-case.ts';
import { bearsMissingLabels, gradientFits, isFinite, isPure, leaksNothing, returnsOneValueASample, slopeFits, treatsSamplesAlone, type LossUnderCheck } from './rules.ts';

export interface CheckLossOptions extends SubjectOptions {
  /** `values` for losses that compare with the numbers of a regression; default `classes`. */
  readonly labels?: 'classes' | 'values';
  /** Shapes without the batch of the features that the loss needs, by layer; `[6]` where left out. */
  readonly features?: FeatureShapes;
  /** `detached` where parts of the loss are constants for the gradient on purpose: it is then only held to be finite. Default `exact`. */
  readonly gradient?: 'exact' | 'detached';
  /** Relative error that a gradient may have in float32; default 0.02. */
  readonly tolerance?: number;
}

const WHAT: Readonly<Record<Exclude<Flavour, 'ordinary'>, string>> = {
  large: 'logits of ±50 and features 50 times as large',
  equal: 'a student that equals its teacher',
  certain: 'teachers that are certain (one-hot)',
  'zero features': 'features that are all zero',
};

/**
 * Holds a loss to its contract: one value a sample; pure and repeatable; finite for extreme logits and certain teachers;
 * the gradient that of the values; samples by themselves unless it joins them; indifferent to samples without a label;
 * nothing read that it does not declare; no tensor left behind.
 *
 * @param given a strategy, or a loss
 * @throws `KD_CONFORMANCE` with the first rule that is broken
 */
export async function checkLoss(given: StrategyOf<'loss'> | Loss, options: CheckLossOptions = {}): Promise<void> {
  const { made: loss, fail } = subjectOf('loss', given, options);
  const { labels = 'classes', features = {}, gradient = 'exact', tolerance = 0.02 } = options;
  if (loss.role !== 'hard' && loss.role !== 'soft') fail("a loss's role is 'hard' or 'soft'", `it is ${String(loss.role)}`);
  const tensors = new Set<tf.Tensor>();
  const caseOf = (flavour: Flavour): LossUnderCheck['ordinary'] => {
    const made = lossCase(loss, flavour, labels, features);
    for (const named of [made.batch, made.state, made.knobs]) for (const tensor of Object.values(named)) tensors.add(tensor);
    return made;
  };
  try {
    const ordinary = caseOf('ordinary');
    const checked: LossUnderCheck = { loss, fail, ordinary, tolerance };
    returnsOneValueASample(checked);
    await isPure(checked);
    for (const [flavour, what] of Object.entries(WHAT) as [Flavour, string][]) await isFinite(checked, caseOf(flavour), what);
    await slopeFits(checked);
    if (gradient === 'exact') await gradientFits(checked);
    if (!loss.joinsSamples) await treatsSamplesAlone(checked);
    if (labels === 'classes' && (loss.role === 'hard' || loss.needs?.labels)) await bearsMissingLabels(checked);
    leaksNothing(checked);
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}
