/** The factor of the learning rate at a step. Steps count from 0. Pure, so a resumed run needs no state for it. */
export type Schedule = (step: number) => number;

/** Always 1. */
export function constant(): Schedule {
  return () => 1;
}

/** From 1 down half a cosine wave to `min` at step `steps`, and `min` from there on (Loshchilov and Hutter, 2017). */
export function cosine({ steps, min = 0 }: { steps: number; min?: number }): Schedule {
  return (step) => min + ((1 - min) * (1 + Math.cos(Math.PI * progress(step, steps)))) / 2;
}

/** In equal steps from `from` to `to` at step `steps`, and `to` from there on. */
export function linear({ steps, from = 1, to = 0 }: { steps: number; from?: number; to?: number }): Schedule {
  return (step) => from + (to - from) * progress(step, steps);
}

/** Times `gamma` after every `every` steps. */
export function step({ every, gamma = 0.1 }: { every: number; gamma?: number }): Schedule {
  return (step) => gamma ** Math.floor(step / every);
}

/** Times `gamma` at each of the steps in `milestones`. */
export function multiStep({ milestones, gamma = 0.1 }: { milestones: readonly number[]; gamma?: number }): Schedule {
  return (step) => gamma ** milestones.filter((milestone) => milestone <= step).length;
}

/** Times `gamma` after every step. */
export function exponential({ gamma }: { gamma: number }): Schedule {
  return (step) => gamma ** step;
}

/**
 * In equal steps from `from` up to 1 at step `steps`, where `then` begins with its step 0 (Goyal et al., 2017). `from` is
 * one such step above 0 unless given, so that no batch is wasted on a learning rate of 0.
 */
export function warmUp({ steps, from = 1 / (steps + 1) }: { steps: number; from?: number }, then: Schedule): Schedule {
  const rise = linear({ steps, from, to: 1 });
  return (step) => (step < steps ? rise(step) * then(0) : then(step - steps));
}

function progress(step: number, steps: number): number {
  return step < steps ? step / steps : 1;
}
