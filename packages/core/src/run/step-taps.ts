import type { StepTaps } from '../step/taps.ts';
import type { Hooks } from './hooks.ts';
import { isTapped } from './is-tapped.ts';

/** The step's own hooks as plain functions; those that nobody tapped are left out of the step. */
export function tapsOf(hooks: Hooks): StepTaps {
  return {
    ...(isTapped(hooks.targets) ? { targets: (targets) => hooks.targets.call(targets) } : {}),
    ...(isTapped(hooks.lossTerms) ? { lossTerms: (terms) => hooks.lossTerms.call(terms) } : {}),
    ...(isTapped(hooks.gradients) ? { gradients: (gradients) => hooks.gradients.call(gradients) } : {}),
    ...(isTapped(hooks.reduceGradients) ? { reduceGradients: (gradients) => hooks.reduceGradients.call(gradients) } : {}),
  };
}
