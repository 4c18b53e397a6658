import { setTimeout as sleep } from 'node:timers/promises';
import type { KdError, RandomStream } from '@kd/core';

/** Why a try has failed. */
export class FailedTry extends Error {
  readonly again: boolean;
  readonly waitMs: number | undefined;
  readonly toKdError: (tries: number) => KdError;

  /**
   * @param again whether another try may do better
   * @param waitMs how long the server asks to be left alone
   */
  constructor(toKdError: (tries: number) => KdError, again: boolean, waitMs?: number) {
    super();
    this.toKdError = toKdError;
    this.again = again;
    this.waitMs = waitMs;
  }
}

/** Waits before the tries after the first: at most this, doubled each time up to the longest, times a random number. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** A server may ask for more patience than that, but not for any. */
const LONGEST_ASKED_MS = 60_000;

/** Tries until it works, no other try can help, or there have been enough. @throws the KdError of the last try */
export async function withRetries<Result>(most: number, random: RandomStream, attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FailedTry)) throw error;
      if (!error.again || tries >= most) throw error.toKdError(tries);
      const own = random.uniform() * Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
      await sleep(Math.max(own, Math.min(error.waitMs ?? 0, LONGEST_ASKED_MS)));
    }
  }
}

/** What `Retry-After` asks for: seconds, or a date. */
export function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(wait) && wait > 0 ? wait : undefined;
}
