import { isUtf8 } from 'node:buffer';
import { kdError, messageOf } from '@kd/core';
import { noUtf8 } from './utf8.ts';

/** Keys that reach an object's prototype. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses JSON that others wrote: valid UTF-8 without a byte order mark, no key twice, no key that reaches an object's
 * prototype, at most `deepest` levels.
 *
 * @param expected What the file should be, for the message.
 * @throws KD_FILE_INVALID
 */
export function parseJson(bytes: Uint8Array, file: string, expected: string, deepest: number = 200): unknown {
  const refuse = (problem: string, cause?: unknown): never => {
    throw kdError('KD_FILE_INVALID', { file, expected, problem }, cause);
  };
  if (!isUtf8(bytes)) return refuse(noUtf8);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(messageOf(error), error);
  }
  const problem = structureProblem(text, deepest);
  return problem === undefined ? value : refuse(problem);
}

/** Walks the tokens of valid JSON, for `JSON.parse` keeps the last of two equal keys and says nothing. */
function structureProblem(text: string, deepest: number): string | undefined {
  const keysOfLevels: (Set<string> | undefined)[] = [];
  let string = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{' || token === '[') {
      if (keysOfLevels.push(token === '{' ? new Set() : undefined) > deepest) return `it is nested deeper than ${deepest} levels`;
    } else if (token === '}' || token === ']') {
      keysOfLevels.pop();
    } else if (token === ':') {
      const key = JSON.parse(string) as string;
      const keys = keysOfLevels.at(-1)!;
      if (forbiddenKeys.has(key)) return `the key '${key}' is not allowed`;
      if (keys.has(key)) return `the key '${key.slice(0, 80)}' stands twice`;
      keys.add(key);
    } else {
      string = token;
    }
  }
  return undefined;
}
