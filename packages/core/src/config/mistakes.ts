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

  /** The same for work that takes its time. */
  async attemptLater<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      return this.#remember(error);
    }
  }

  add(error: KdError): void {
    this.#errors.push(error);
  }

  #remember(error: unknown): undefined {
    if (!(error instanceof KdError)) throw error;
    this.#errors.push(error);
  }

  /** Throws the one mistake as it is, or all of them in one error. */
  throwIfAny(source: string): void {
    if (this.#errors.length === 1) throw this.#errors[0]!;
    if (this.#errors.length > 1) throw kdError('KD_CONFIG_INVALID', { source, problems: this.#errors.map(({ message }) => message) });
  }
}
