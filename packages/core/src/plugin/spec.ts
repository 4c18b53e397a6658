/** `'name'`, or `['name', options]`: the one form in which a config chooses a strategy. */
export type Spec = string | readonly [name: string, options: unknown];

/** Whether a value has the form of a {@link Spec}, as against an object with more to say. */
export function isSpec(value: unknown): value is Spec {
  return typeof value === 'string' || Array.isArray(value);
}

/** The name that is chosen. */
export function nameIn(spec: Spec): string {
  return typeof spec === 'string' ? spec : spec[0];
}

/** The options that stand beside the name; undefined where there are none. */
export function optionsIn(spec: Spec): unknown {
  return typeof spec === 'string' ? undefined : spec[1];
}
