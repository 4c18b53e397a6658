import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DataSource } from '../data/data-source.ts';
import type { Aggregator } from '../objective/aggregation.ts';
import type { AlphaScheduler } from '../objective/alpha.ts';
import type { Loss } from '../objective/loss.ts';
import type { MemoryPolicy } from '../run/memory-policy.ts';
import type { Backend } from '../runtime/backend.ts';
import type { Optimizer } from '../step/optimizers/optimizer.ts';
import type { ScheduleFactory } from '../step/schedule-factory.ts';
import type { TeacherSource } from '../knowledge/teacher-source.ts';
import type { Services, Token } from './tokens.ts';

/** What a strategy of each kind makes. */
export interface StrategyKinds {
  loss: Loss;
  aggregator: Aggregator;
  alpha: AlphaScheduler;
  memory: MemoryPolicy;
  optimizer: Optimizer;
  schedule: ScheduleFactory;
  teacher: TeacherSource;
  data: DataSource;
  backend: Backend;
}

export type StrategyKind = keyof StrategyKinds;
export type Injected = Readonly<Record<string, Token<unknown>>>;

/** A strategy is data plus one pure function: what a config chooses by name. */
export interface Strategy<Kind extends StrategyKind = StrategyKind, Options = never, Inject extends Injected = Injected> {
  /** What it is, as the `define…` function that made it says. */
  readonly kind: Kind;
  /** What a config writes; unique within its kind. */
  readonly name: string;
  /** One line for `kd plugins`. */
  readonly summary: string;
  /** Checks and completes the options: zod, valibot or any other Standard Schema. Left out: no options. */
  readonly options?: StandardSchemaV1<unknown, Options>;
  /** Services that `create` wants, each by its token. */
  readonly inject?: Inject;
  /** Makes the strategy of checked options. Pure: called whenever a config is resolved, and perhaps never used. */
  create(options: Options, services: Services<Inject>): StrategyKinds[Kind];
}

/** Any strategy, as a registry holds it. */
export type AnyStrategy = { readonly [Kind in StrategyKind]: Strategy<Kind, never, Injected> }[StrategyKind];

/** A strategy as its author writes it; its kind is told by the function it is given to. */
export type StrategyDefinition<Kind extends StrategyKind, Options, Inject extends Injected> = Omit<Strategy<Kind, Options, Inject>, 'kind'>;

/** A loss against labels or teachers. @see Loss */
export function defineLoss<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'loss', Options, Inject>): Strategy<'loss', Options, Inject> {
  return { kind: 'loss', ...definition };
}

/** How several teachers of one granularity become one target. @see Aggregator */
export function defineAggregator<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'aggregator', Options, Inject>): Strategy<'aggregator', Options, Inject> {
  return { kind: 'aggregator', ...definition };
}

/** How labels and teachers are weighed. @see AlphaScheduler */
export function defineAlphaScheduler<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'alpha', Options, Inject>): Strategy<'alpha', Options, Inject> {
  return { kind: 'alpha', ...definition };
}

/** What is kept in memory, and what to do when it runs out. @see MemoryPolicy */
export function defineMemoryPolicy<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'memory', Options, Inject>): Strategy<'memory', Options, Inject> {
  return { kind: 'memory', ...definition };
}

/** An update rule. @see Optimizer */
export function defineOptimizer<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'optimizer', Options, Inject>): Strategy<'optimizer', Options, Inject> {
  return { kind: 'optimizer', ...definition };
}

/** A learning-rate schedule. @see ScheduleFactory */
export function defineSchedule<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'schedule', Options, Inject>): Strategy<'schedule', Options, Inject> {
  return { kind: 'schedule', ...definition };
}

/** Where a teacher's answers come from. @see TeacherSource */
export function defineTeacherSource<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'teacher', Options, Inject>): Strategy<'teacher', Options, Inject> {
  return { kind: 'teacher', ...definition };
}

/** A reader of samples. @see DataSource */
export function defineDataSource<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'data', Options, Inject>): Strategy<'data', Options, Inject> {
  return { kind: 'data', ...definition };
}

/** A runtime that computes. @see Backend */
export function defineBackend<Options = unknown, Inject extends Injected = {}>(definition: StrategyDefinition<'backend', Options, Inject>): Strategy<'backend', Options, Inject> {
  return { kind: 'backend', ...definition };
}
