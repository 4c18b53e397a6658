import type { StepTaps } from '../step/taps.ts';
import type { Hooks } from './hooks.ts';

/** The step's own hooks as plain functions; those that nobody tapped are left out of the step. */
export function tapsOf(hooks: Hooks): StepTaps {
  return {
    ...(hooks.targets.isUsed() ? { targets: (targets) => hooks.targets.call(targets) } : {}),
    ...(hooks.lossTerms.isUsed() ? { lossTerms: (terms) => hooks.lossTerms.call(terms) } : {}),
    ...(hooks.gradients.isUsed() ? { gradients: (gradients) => hooks.gradients.call(gradients) } : {}),
    ...(hooks.reduceGradients.isUsed() ? { reduceGradients: (gradients) => hooks.reduceGradients.call(gradients) } : {}),
  };
}
