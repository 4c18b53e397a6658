import type { FullTap, Hook } from 'tapable';
import { KdError, kdError } from '../errors/kd-error.ts';

type Tapped = (...values: unknown[]) => unknown;

/**
 * Wraps every tap as it is added: what it throws names plugin and hook, and a synchronous hook refuses a promise, which
 * tapable would pass on as a value or drop with its rejection.
 */
export function attribute(hook: string, target: Hook<unknown[], unknown>): void {
  target.intercept({
    register: (tap: FullTap): FullTap => {
      const fn = tap.fn as Tapped;
      const wrapped: Tapped = tap.type === 'promise'
        ? async (...values) => {
            try {
              return await fn(...values);
            } catch (error) {
              throw failed(tap.name, hook, error);
            }
          }
        : (...values) => {
            let value: unknown;
            try {
              value = fn(...values);
            } catch (error) {
              throw failed(tap.name, hook, error);
            }
            if (tap.type === 'sync' && isPromise(value)) {
              value.catch(() => {});
              throw kdError('KD_HOOK_ASYNC', { plugin: tap.name, hook });
            }
            return value;
          };
      return { ...tap, fn: wrapped };
    },
  });
}

function failed(plugin: string, hook: string, error: unknown): KdError {
  if (error instanceof KdError) return error;
  return kdError('KD_PLUGIN_FAILED', { plugin, hook, message: error instanceof Error ? error.message : String(error) }, error);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function';
}
