import { AsyncSeriesWaterfallHook, SyncWaterfallHook, type FullTap, type Hook } from 'tapable';
import { KdError, kdError } from '../errors/kd-error.ts';
import { shown } from '../errors/shown.ts';
import { messageOf } from '../errors/wording.ts';

type Tapped = (...values: unknown[]) => unknown;

/**
 * Wraps every tap as it is added: what it throws names plugin and hook, a synchronous hook refuses a promise, which
 * tapable would pass on as a value or drop with its rejection, and a hook that passes its value on refuses another kind;
 * knobs stay numbers.
 */
export function attribute(hook: string, target: Hook<unknown[], unknown>): void {
  const kind: unknown = target.constructor;
  const fit = hook === 'knobs' ? sameKnobs : kind === SyncWaterfallHook || kind === AsyncSeriesWaterfallHook ? sameKind : (_: unknown, value: unknown): unknown => value;
  target.intercept({
    register: (tap: FullTap): FullTap => {
      const fn = tap.fn as Tapped;
      const fail = (error: unknown): KdError => failed(tap.name, hook, error);
      return { ...tap, fn: tap.type === 'promise' ? promised(fn, fit, fail) : tap.type === 'async' ? calledBack(fn, fit, fail) : returned(fn, fit, fail, () => kdError('KD_HOOK_ASYNC', { plugin: tap.name, hook })) };
    },
  });
}

/** What a tap gives back in place of the value that it got: a list for a list, an object for an object, or nothing. */
function sameKind(got: unknown, given: unknown): unknown {
  if (given === undefined || (typeof given === 'object' && given !== null && Array.isArray(given) === Array.isArray(got))) return given;
  throw new TypeError(`it returned ${given === null ? 'null' : Array.isArray(given) ? 'a list' : typeof given === 'object' ? 'an object' : `a ${typeof given}`}, expected ${Array.isArray(got) ? 'a list' : 'an object'} or nothing`);
}

/** Every knob that a step has must stay a number: a compiled step has a place for each. */
function sameKnobs(got: unknown, given: unknown): unknown {
  if (sameKind(got, given) === undefined) return given;
  const knobs = given as Readonly<Record<string, unknown>>;
  const wrong = Object.keys({ ...(got as object), ...knobs }).find((name) => !Number.isFinite(knobs[name]));
  if (wrong !== undefined) throw new TypeError(`it gave ${wrong in knobs ? shown(knobs[wrong]) : 'nothing'} for '${wrong}', expected a finite number`);
  return given;
}

function promised(fn: Tapped, fit: Tapped, fail: (error: unknown) => KdError): Tapped {
  return async (...values) => {
    try {
      return fit(values[0], await fn(...values));
    } catch (error) {
      throw fail(error);
    }
  };
}

/** The last value is the callback. */
function calledBack(fn: Tapped, fit: Tapped, fail: (error: unknown) => KdError): Tapped {
  return (...values) => {
    const callback = values.pop() as (error: unknown, value?: unknown) => void;
    try {
      return fn(...values, (error: unknown, value: unknown) => {
        if (error) return callback(fail(error), value);
        let fitting: unknown;
        try {
          fitting = fit(values[0], value);
        } catch (misfit) {
          return callback(fail(misfit));
        }
        return callback(error, fitting);
      });
    } catch (error) {
      throw fail(error);
    }
  };
}

function returned(fn: Tapped, fit: Tapped, fail: (error: unknown) => KdError, refuse: () => KdError): Tapped {
  return (...values) => {
    try {
      const value = fn(...values);
      if (!isPromise(value)) return fit(values[0], value);
      value.then(undefined, () => {});
    } catch (error) {
      throw fail(error);
    }
    throw refuse();
  };
}

function failed(plugin: string, hook: string, error: unknown): KdError {
  if (error instanceof KdError) return error;
  return kdError('KD_PLUGIN_FAILED', { plugin, hook, message: messageOf(error) }, error);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function';
}
