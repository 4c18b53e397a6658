/** Where a value is no plain data that survives JSON; undefined when it is. */
export function notPlain(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (Array.isArray(value)) return firstOf(value.map((item, i) => notPlain(item, `${path}[${i}]`)));
  if (typeof value !== 'object' || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return `${path} is ${value === undefined ? 'undefined' : `a ${value?.constructor?.name ?? typeof value}`}`;
  return firstOf(Object.entries(value).map(([key, item]) => notPlain(item, `${path}.${key}`)));
}

function firstOf(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

/** As it would be after a stop and a resume. */
export function stored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Frozen all the way down, so that writing to it throws. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
