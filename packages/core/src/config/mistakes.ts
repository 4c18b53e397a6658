import { KdError, kdError } from '../errors/kd-error.ts';

/** Gathers what is wrong with a config, or with what it names, so that all of it is said at once. */
export class Mistakes {
  readonly #errors: KdError[] = [];

  /** The result, or undefined with the mistake remembered. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      return this.#remember(error);
    }
  }

  /** Whether the check passes; its mistake is remembered where it doesn't. */
  holds(check: () => void): boolean {
    return this.attempt(() => (check(), true)) ?? false;
  }

  /** The same for work that takes its time. */
  async attemptLater<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      return this.#remember(error);
    }
  }

  get any(): boolean {
    return this.#errors.length > 0;
  }

  add(error: KdError): void {
    this.#errors.push(error);
  }

  #remember(error: unknown): undefined {
    if (!(error instanceof KdError)) throw error;
    this.#errors.push(error);
  }

  /** Throws the one mistake as it is, or all of them in one error. @param problems what is wrong besides, told first */
  throwIfAny(source: string, problems: readonly string[] = []): void {
    const [first] = this.#errors;
    if (first && this.#errors.length + problems.length === 1) throw first;
    if (this.#errors.length + problems.length > 0) throw kdError('KD_CONFIG_INVALID', { source, problems: [...problems, ...this.#errors.map(({ message }) => message)] });
  }
}
