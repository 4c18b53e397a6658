import { KdError, kdError, messageOf } from '@kd/core';

/** Ends a check: the rule that was broken, and what was found instead. */
export type Fail = (rule: string, found: string, cause?: unknown) => never;

/** Failures of one subject, e.g. `loss 'focal'`, as `KD_CONFORMANCE`. */
export function failing(subject: string): Fail {
  return (rule, found, cause) => {
    throw kdError('KD_CONFORMANCE', { subject, rule, found }, cause);
  };
}

/** What `run` gives; an error of its own is a broken rule, too. */
export function attempt<T>(fail: Fail, rule: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof KdError && error.code === 'KD_CONFORMANCE') throw error;
    return fail(rule, `it threw ${messageOf(error)}`, error);
  }
}
