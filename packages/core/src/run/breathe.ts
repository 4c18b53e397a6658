/** The longest that a loop may keep signals, timers and progress waiting. */
const LONGEST_MS = 40;

/** Gives the event loop a turn when the last one is long ago; to be awaited once a step. */
export class Breather {
  #last = performance.now();

  /** True when it is time; the caller then awaits {@link breathe}. Cheap enough for every step. */
  get due(): boolean {
    return performance.now() - this.#last > LONGEST_MS;
  }

  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (typeof setImmediate === 'function') setImmediate(resolve);
      else setTimeout(resolve, 0);
    });
    this.#last = performance.now();
  }
}

declare const setImmediate: ((callback: () => void) => unknown) | undefined;
