import { KdError, kdError } from '../errors/kd-error.ts';

/** Gathers what is wrong with a config, so that all of it is said at once. */
export class Mistakes {
  readonly #errors: KdError[] = [];

  /** The result, or undefined with the mistake remembered. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof KdError)) throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  add(error: KdError): void {
    this.#errors.push(error);
  }

  /** Throws the one mistake as it is, or all of them in one error. */
  throwIfAny(source: string): void {
    if (this.#errors.length === 1) throw this.#errors[0]!;
    if (this.#errors.length > 1) throw kdError('KD_CONFIG_INVALID', { source, problems: this.#errors.map(({ message }) => message) });
  }
}
