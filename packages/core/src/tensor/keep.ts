import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { release } from './release.ts';
import { stopGradient } from './stop-gradient.ts';

/** Tensors, and numbers that are known as such. */
type Mixed = Readonly<Record<string, Tensor | number>>;

/** Carries a tensor out of the scope that made it. A copy of the reference, so that what is kept is owned here alone. */
export function kept<T extends Tensor | number>(value: T): T {
  return typeof value === 'number' ? value : (keep(stopGradient(value)) as T);
}

/** {@link kept} for each. */
export function keepAll<T extends Mixed>(named: T): T {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, kept(value)])) as T;
}

/** The way back: what was kept belongs to the scope that is open now. */
export function releaseAll<T extends Mixed>(named: T): T {
  for (const value of Object.values(named)) if (typeof value !== 'number') release(value);
  return named;
}
