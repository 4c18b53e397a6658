import { KdError, type ErrorCode } from '@kd/core';
import { expect } from 'vitest';

/** Runs something that must fail with a certain error of kd, and returns that error. */
export async function expectKdError(code: ErrorCode, run: () => unknown): Promise<KdError> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, `expected ${code}`).toBeInstanceOf(KdError);
  expect((thrown as KdError).code, (thrown as KdError).message).toBe(code);
  return thrown as KdError;
}
