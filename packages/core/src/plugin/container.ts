// tsyringe needs the polyfill before it loads. No other file knows either of them.
import './reflect-polyfill.ts';
import { container as root, type DependencyContainer } from 'tsyringe';
import { kdError } from '../errors/kd-error.ts';
import type { Services, Token } from './tokens.ts';

/** The services of one run. A child container, so that nothing of a run is seen by the next. */
export class ServiceContainer {
  readonly #container: DependencyContainer;

  constructor() {
    this.#container = root.createChildContainer();
  }

  /** Replaces what was provided under the token before. */
  provide<Service>({ key }: Token<Service>, service: Service): this {
    this.#container.register(key, { useValue: service });
    return this;
  }

  has({ key }: Token<unknown>): boolean {
    return this.#container.isRegistered(key);
  }

  get<Service>({ key, description, fallback }: Token<Service>, who: string): Service {
    if (this.#container.isRegistered(key)) return this.#container.resolve<Service>(key);
    if (fallback) return fallback();
    throw kdError('KD_SERVICE_MISSING', { token: description, who });
  }

  /** Everything that `inject` names. Called when a strategy is made, never inside the step. */
  inject<Inject extends Readonly<Record<string, Token<unknown>>>>(inject: Inject, who: string): Services<Inject> {
    return Object.fromEntries(Object.entries(inject).map(([name, wanted]) => [name, this.get(wanted, who)])) as Services<Inject>;
  }
}
