/** Names a service and carries its type. Make one with {@link token}. */
export interface Token<Service> {
  /** For messages. */
  readonly description: string;
  /** What the container finds it by: two tokens are never one, whatever they are called. */
  readonly key: symbol;
  /** What there is where nobody provides the service; without it, that is an error. */
  readonly fallback?: () => Service;
  /** Carries the type; never there at run time. */
  readonly service?: Service;
}

/** @example const LOGGER = token<Logger>('logger') */
export function token<Service>(description: string, fallback?: () => Service): Token<Service> {
  return { description, key: Symbol(`kd:${description}`), ...(fallback && { fallback }) };
}

/** The services that a strategy asked for with `inject`, by the same names. */
export type Services<Inject extends Readonly<Record<string, Token<unknown>>>> = {
  readonly [Name in keyof Inject]: Inject[Name] extends Token<infer Service> ? Service : never;
};
