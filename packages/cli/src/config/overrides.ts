import { kdError } from '@kd/core';
import { forbiddenKeys } from './forbidden-keys.ts';
import { isPlainObject } from './origins.ts';

/** One value set from outside the config file. */
export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  /** For messages and `kd inspect`, e.g. `--set train.epochs=2`. */
  readonly origin: string;
}

/** Reads `train.epochs=2`; the value is JSON where it can be, text otherwise. */
export function parseOverride(text: string, origin: string): Override {
  const at = text.indexOf('=');
  if (at <= 0) throw kdError('KD_USAGE', { problem: `${origin}: expected key.path=value`, next: 'Write for example --set train.epochs=2.' });
  const path = text.slice(0, at).split('.');
  const bad = path.find((key) => key === '' || forbiddenKeys.has(key));
  if (bad !== undefined) throw kdError('KD_USAGE', { problem: `${origin}: '${bad}' cannot be a key`, next: 'Correct the path.' });
  return { path, value: valueOf(text.slice(at + 1)), origin };
}

/** `KD_SET_train__epochs=2` in the environment is `train.epochs=2`. */
export function environmentOverrides(environment: Readonly<Record<string, string | undefined>>): readonly Override[] {
  return Object.entries(environment).filter(([name, value]) => name.startsWith('KD_SET_') && value !== undefined)
    .map(([name, value]) => parseOverride(`${name.slice('KD_SET_'.length).replaceAll('__', '.')}=${value}`, name));
}

/**
 * The config with a value replaced; the config that came in is left as it is. Places in lists go by number:
 * `data.train.1.file`.
 */
export function applyOverride(config: unknown, { path, value, origin }: Override, above: readonly string[] = []): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = (own: unknown): unknown => applyOverride(own, { path: rest, value, origin }, [...above, key]);
  if (config === undefined || config === null) return { [key]: inner(undefined) };
  if (isPlainObject(config)) return { ...config, [key]: inner(Object.hasOwn(config, key) ? config[key] : undefined) };
  const where = above.join('.');
  if (!Array.isArray(config)) throw kdError('KD_USAGE', { problem: `${origin}: '${where}' is ${typeof config === 'object' ? 'no plain object' : JSON.stringify(config) ?? typeof config} and has no '${key}'`, next: `Replace '${where}' as a whole.` });
  const place = /^\d+$/.test(key) ? Number(key) : -1;
  if (place < 0 || place >= config.length) throw kdError('KD_USAGE', { problem: `${origin}: '${where}' is a list of ${config.length}; '${key}' is none of its places`, next: `Write for example ${where}.${config.length - 1}.` });
  return config.map((own: unknown, i) => (i === place ? inner(own) : own));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (forbiddenKeys.has(key)) throw kdError('KD_USAGE', { problem: `'${key}' cannot be a key`, next: 'Correct the value.' });
      return value;
    }) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
