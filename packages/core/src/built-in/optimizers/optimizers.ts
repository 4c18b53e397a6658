import { z } from 'zod';
import { defineOptimizer, type Strategy } from '../../plugin/strategy.ts';
import { adam, type AdamOptions } from '../../step/optimizers/adam.ts';
import { adamw, type AdamWOptions } from '../../step/optimizers/adamw.ts';
import { sgd, type SgdOptions } from '../../step/optimizers/sgd.ts';

const share = z.number().min(0).lt(1);
const decay = z.number().nonnegative();
const moments = { beta1: share.optional(), beta2: share.optional(), epsilon: z.number().positive().optional(), weightDecay: decay.optional() };

/** The learning rate is the trainer's, for schedules change it; every optimizer takes it among its options in a config. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has options of its own type
export const optimizers: readonly Strategy<'optimizer', any, {}>[] = [
  defineOptimizer<SgdOptions>({
    name: 'sgd',
    summary: 'Stochastic gradient descent, with momentum and Nesterov’s form of it.',
    options: z.strictObject({ momentum: share.optional(), dampening: share.optional(), nesterov: z.boolean().optional(), weightDecay: decay.optional() }) as never,
    create: (options) => sgd(options),
  }),
  defineOptimizer<AdamOptions>({
    name: 'adam',
    summary: 'Adam (Kingma and Ba, 2015), weight decay as L2.',
    options: z.strictObject(moments) as never,
    create: (options) => adam(options),
  }),
  defineOptimizer<AdamWOptions>({
    name: 'adamw',
    summary: 'AdamW (Loshchilov and Hutter, 2019): Adam with decoupled weight decay.',
    options: z.strictObject(moments) as never,
    create: (options) => adamw(options),
  }),
];
