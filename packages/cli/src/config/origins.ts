import { isLive } from '@kd/core';

/** Where each value of a config comes from, by its path: a file, an environment variable or a flag. */
export type Origins = Readonly<Record<string, string>>;

/** Every value of a config by its dotted path. Models, data sets and functions are values of their own. */
export function leavesOf(value: unknown, path: string = ''): Record<string, unknown> {
  if (!isPlainObject(value) || isLive(value) || Object.keys(value).length === 0) return path ? { [path]: value } : {};
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => leavesOf(inner, path ? `${path}.${key}` : key))) as Record<string, unknown>;
}

/** Every value of a config, from one place. */
export function originsOf(config: unknown, place: string): Record<string, string> {
  return Object.fromEntries(Object.keys(leavesOf(config)).map((path) => [path, place]));
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}
