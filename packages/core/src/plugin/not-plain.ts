/**
 * Where a value is no plain data that survives JSON; undefined when it is.
 *
 * @param path what to call the value itself
 */
export function notPlain(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (Array.isArray(value)) return firstOf(value.map((item, i) => notPlain(item, `${path}[${i}]`)));
  if (typeof value !== 'object' || ![Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)) return `${path} is ${value === undefined ? 'undefined' : `a ${value?.constructor?.name ?? typeof value}`}`;
  return firstOf(Object.entries(value).map(([key, item]) => notPlain(item, `${path}.${key}`)));
}

function firstOf(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
