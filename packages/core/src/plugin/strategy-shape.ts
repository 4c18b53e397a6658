import type { StrategyKind } from './strategy.ts';

/** What kd calls of each kind; a schedule is a function itself. */
const functionsOf: Readonly<Record<StrategyKind, readonly string[]>> = {
  loss: ['compute'],
  aggregator: ['aggregate'],
  alpha: ['init', 'value'],
  memory: ['plan'],
  optimizer: ['update'],
  schedule: [],
  teacher: ['open'],
  data: ['open'],
  backend: ['available', 'start', 'memory'],
};

/** Says why something in a plugin's list is no strategy; undefined for one that is. Plugins in plain JavaScript have no types. */
export function problemOfStrategy(strategy: unknown): string | undefined {
  const { kind, create } = Object(strategy) as { kind?: unknown; create?: unknown };
  if (typeof kind !== 'string' || !(kind in functionsOf)) return `its kind is ${String(kind)}; make it with defineLoss, defineAggregator or one of their siblings`;
  return typeof create === 'function' ? undefined : 'it has no function `create`';
}

/** Says what kd misses in what a strategy's `create` gave; undefined where nothing is missing. */
export function problemOfMade(kind: StrategyKind, made: unknown): string | undefined {
  if (kind === 'schedule') return problemOfSchedule(made);
  if (typeof made !== 'object' || made === null) return `create gave ${nameOf(made)}, expected an object with ${listed(functionsOf[kind])}`;
  const members = made as Readonly<Record<string, unknown>>;
  const missing = functionsOf[kind].filter((name) => typeof members[name] !== 'function');
  if (missing.length > 0) return `what create gave has no function ${listed(missing)}`;
  if (kind === 'loss' && members['role'] !== 'hard' && members['role'] !== 'soft') return `its role is ${String(members['role'])}, expected 'hard' (against labels) or 'soft' (against teachers)`;
  if (kind === 'optimizer') return problemOfSlots(members['slots']);
  return undefined;
}

function problemOfSlots(slots: unknown): string | undefined {
  if (!Array.isArray(slots)) return 'it has no list `slots`; without any, write slots: []';
  return slots.every((slot) => typeof slot === 'string') ? undefined : 'its list `slots` holds something else than names';
}

/** A factory is pure, so it may be asked for any run: for one of a single step. */
function problemOfSchedule(made: unknown): string | undefined {
  if (typeof made !== 'function') return `create gave ${nameOf(made)}, expected a function of the number of steps`;
  const schedule: unknown = made(1);
  return typeof schedule === 'function' ? undefined : `asked for a run of so many steps it gave ${nameOf(schedule)}, expected a function of the step`;
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : value instanceof Promise ? 'a promise' : typeof value;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
