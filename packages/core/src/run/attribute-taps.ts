import type { FullTap, Hook } from 'tapable';
import { KdError, kdError } from '../errors/kd-error.ts';
import { messageOf } from '../errors/wording.ts';

type Tapped = (...values: unknown[]) => unknown;

/**
 * Wraps every tap as it is added: what it throws names plugin and hook, and a synchronous hook refuses a promise, which
 * tapable would pass on as a value or drop with its rejection.
 */
export function attribute(hook: string, target: Hook<unknown[], unknown>): void {
  target.intercept({
    register: (tap: FullTap): FullTap => {
      const fn = tap.fn as Tapped;
      const fail = (error: unknown): KdError => failed(tap.name, hook, error);
      return { ...tap, fn: tap.type === 'promise' ? promised(fn, fail) : tap.type === 'async' ? calledBack(fn, fail) : returned(fn, fail, () => kdError('KD_HOOK_ASYNC', { plugin: tap.name, hook })) };
    },
  });
}

function promised(fn: Tapped, fail: (error: unknown) => KdError): Tapped {
  return async (...values) => {
    try {
      return await fn(...values);
    } catch (error) {
      throw fail(error);
    }
  };
}

/** The last value is the callback. */
function calledBack(fn: Tapped, fail: (error: unknown) => KdError): Tapped {
  return (...values) => {
    const callback = values.pop() as (error: unknown, value?: unknown) => void;
    try {
      return fn(...values, (error: unknown, value: unknown) => callback(error ? fail(error) : error, value));
    } catch (error) {
      throw fail(error);
    }
  };
}

function returned(fn: Tapped, fail: (error: unknown) => KdError, refuse: () => KdError): Tapped {
  return (...values) => {
    let value: unknown;
    try {
      value = fn(...values);
    } catch (error) {
      throw fail(error);
    }
    if (!isPromise(value)) return value;
    value.then(undefined, () => {});
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
