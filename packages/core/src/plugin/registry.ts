import type { StandardSchemaV1 } from '@standard-schema/spec';
import { kdError } from '../errors/kd-error.ts';
import { suggest } from '../errors/suggest.ts';
import { checkedAlpha } from './checked-alpha.ts';
import { checkedLoss } from './checked-loss.ts';
import { checkedOptimizer } from './checked-optimizer.ts';
import { checkedSchedule } from './checked-schedule.ts';
import type { ServiceContainer } from './container.ts';
import type { AnyStrategy, StrategyKind, StrategyKinds } from './strategy.ts';
import type { Refuse } from './refuse.ts';
import { schemaProblems } from './schema-problems.ts';
import { nameIn, optionsIn, type Spec } from './spec.ts';
import { problemOfMade, problemOfStrategy } from './strategy-shape.ts';
import { token, type Token } from './tokens.ts';

/** A strategy, and the plugin that it came with. */
export interface RegisteredStrategy {
  /** Its name. */
  readonly plugin: string;
  readonly strategy: AnyStrategy;
}

/** Makes strategies of specs; what composite strategies (per-granularity) inject. */
export interface StrategyResolver {
  /** `where` is the place in the config, for messages. Throws what {@link Registry.resolve} throws. */
  resolve<Kind extends StrategyKind>(kind: Kind, spec: Spec, where: string): StrategyKinds[Kind];
}

/** What is looked at whenever a strategy gives it, by its kind. */
const checks: { readonly [Kind in StrategyKind]?: (made: StrategyKinds[Kind], refuse: Refuse) => StrategyKinds[Kind] } = {
  loss: checkedLoss, optimizer: checkedOptimizer, schedule: checkedSchedule, alpha: checkedAlpha,
};

export const STRATEGIES: Token<StrategyResolver> = token<StrategyResolver>('strategies');

/** Says *which*: every strategy by kind and name, `'name'` or `'<plugin>/name'`. */
export class Registry implements StrategyResolver {
  /** What was resolved so far, and for which place in the config. */
  readonly taken: (RegisteredStrategy & { readonly where: string })[] = [];
  readonly #entries: RegisteredStrategy[] = [];
  readonly #services: ServiceContainer;

  constructor(services: ServiceContainer) {
    this.#services = services;
    services.provide(STRATEGIES, this);
  }

  /** @throws KD_STRATEGY_INVALID */
  add(plugin: string, strategy: AnyStrategy): void {
    expectNone(problemOfStrategy(strategy), plugin, strategy);
    this.#entries.push({ plugin, strategy });
  }

  /** Everything of a kind, as `kd plugins` lists it. */
  list(kind?: StrategyKind): readonly RegisteredStrategy[] {
    return this.#entries.filter(({ strategy }) => kind === undefined || strategy.kind === kind);
  }

  has(kind: StrategyKind, name: string): boolean {
    return this.#matching(kind, name).length > 0;
  }

  /** Finds the strategy and checks its options, and makes nothing of it. */
  expect(kind: StrategyKind, spec: Spec, where: string): void {
    checkOptions(this.#find(kind, nameIn(spec), where).strategy, optionsIn(spec), where);
  }

  /**
   * Finds the strategy, checks its options, hands it its services. `where` names the place in the config.
   * @throws KD_STRATEGY_UNKNOWN, KD_STRATEGY_DUPLICATE, KD_STRATEGY_OPTIONS, KD_SERVICE_MISSING, KD_STRATEGY_INVALID
   */
  resolve<Kind extends StrategyKind>(kind: Kind, spec: Spec, where: string): StrategyKinds[Kind] {
    const found = this.#find(kind, nameIn(spec), where);
    const { strategy } = found;
    this.taken.push({ ...found, where });
    const checked = checkOptions(strategy, optionsIn(spec), where);
    const services = this.#services.inject(strategy.inject ?? {}, `${kind} '${nameIn(spec)}'`);
    const made = strategy.create(checked as never, services);
    expectNone(problemOfMade(kind, made), found.plugin, strategy);
    const check = checks[kind] as ((made: unknown, refuse: Refuse) => StrategyKinds[Kind]) | undefined;
    return check ? check(made, (problem, cause) => invalid(problem, found.plugin, strategy, cause)) : (made as StrategyKinds[Kind]);
  }

  #find(kind: StrategyKind, name: string, where: string): RegisteredStrategy {
    const found = this.#matching(kind, name);
    if (found.length > 1) throw kdError('KD_STRATEGY_DUPLICATE', { kind, name, plugins: found.map(({ plugin }) => plugin) });
    if (found.length === 0) {
      const known = this.list(kind).map(({ strategy }) => strategy.name);
      throw kdError('KD_STRATEGY_UNKNOWN', { kind, name, known, suggestion: suggest(name, known), where });
    }
    return found[0]!;
  }

  #matching(kind: StrategyKind, name: string): readonly RegisteredStrategy[] {
    return this.list(kind).filter(({ plugin, strategy }) => strategy.name === name || `${plugin}/${strategy.name}` === name);
  }
}

function expectNone(problem: string | undefined, plugin: string, strategy: AnyStrategy): void {
  if (problem) invalid(problem, plugin, strategy);
}

function invalid(problem: string, plugin: string, strategy: AnyStrategy, cause?: Error): never {
  const { kind, name } = Object(strategy) as Partial<AnyStrategy>;
  throw kdError('KD_STRATEGY_INVALID', { plugin, kind: kind ?? 'strategy', name: String(name), problem }, cause);
}

function checkOptions(strategy: AnyStrategy, options: unknown, where: string): unknown {
  const { kind, name } = strategy;
  const schema = strategy.options as StandardSchemaV1 | undefined;
  if (!schema) {
    if (options === undefined || (typeof options === 'object' && options !== null && Object.keys(options).length === 0)) return {};
    throw kdError('KD_STRATEGY_OPTIONS', { kind, name, where, problems: ['it takes no options'] });
  }
  const result = schema['~standard'].validate(options ?? {});
  if (result instanceof Promise) throw kdError('KD_STRATEGY_OPTIONS', { kind, name, where, problems: ['its schema is asynchronous; kd needs one that answers at once'] });
  if (!result.issues) return result.value;
  const problems = schemaProblems({ schema, issues: result.issues, value: options ?? {}, ...(kind === 'optimizer' ? { alsoKnown: ['learningRate'] } : {}) });
  throw kdError('KD_STRATEGY_OPTIONS', { kind, name, where, problems });
}
