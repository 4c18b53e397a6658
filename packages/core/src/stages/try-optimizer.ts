import * as tf from '@tensorflow/tfjs-core';
import { KdError, kdError } from '../errors/kd-error.ts';
import { messageOf } from '../errors/wording.ts';
import type { Registry } from '../plugin/registry.ts';
import type { Optimizer } from '../step/optimizers/optimizer.ts';

/** Lets an optimizer move a matrix and a vector once, so that its mistakes are heard before anything is trained. */
export function tryOptimizer(optimizer: Optimizer, registry: Registry, where: string): void {
  try {
    tf.tidy(() => [[2, 3], [3]].forEach((shape) => void moved(optimizer, tf.ones(shape))));
  } catch (error) {
    if (error instanceof KdError) throw error;
    const plugin = registry.taken.findLast((taken) => taken.where === where)?.plugin ?? 'unknown';
    throw kdError('KD_STRATEGY_INVALID', { plugin, kind: 'optimizer', name: optimizer.name, problem: `a first update failed: ${messageOf(error)}` }, error);
  }
}

function moved(optimizer: Optimizer, weight: tf.Tensor): void {
  const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, optimizer.initialSlot?.(slot, weight) ?? tf.zerosLike(weight)]));
  const knobs = Object.fromEntries(Object.entries({ ...optimizer.knobs?.(1), learningRate: 0.001 }).map(([name, value]) => [name, tf.scalar(value)]));
  optimizer.update({ name: 'weight', weight, gradient: tf.onesLike(weight), slots, knobs });
}
