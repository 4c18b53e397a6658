import { kdError } from '../errors/kd-error.ts';

/** Asks a run to save and end. Loops look at it once a step. */
export class StopSignal {
  #reason: string | undefined;

  /** @param reason e.g. `SIGTERM` */
  request(reason: string): void {
    this.#reason ??= reason;
  }

  get requested(): string | undefined {
    return this.#reason;
  }

  /** Throws `KD_STOPPED` when asked to stop. */
  check(step: number): void {
    if (this.#reason) throw kdError('KD_STOPPED', { signal: this.#reason, step });
  }
}
