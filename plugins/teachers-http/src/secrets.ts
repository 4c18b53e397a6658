import { validateHeaderName, validateHeaderValue } from 'node:http';
import { kdError } from '@kd/core';

/** A text that an environment variable holds, so that it stands in no config. */
export interface FromEnvironment {
  readonly env: string;
}

export type HeaderValue = string | FromEnvironment;

const HIDDEN = '[hidden]';
/** Shorter texts are no keys, and stand in many others. */
const SHORTEST = 4;

/** The text, or that of the variable. @throws KD_REMOTE_SETUP where the variable is not set */
export function textOf(given: HeaderValue, teacher: string, what: string): string {
  if (typeof given === 'string') return given;
  const found = process.env[given.env];
  if (found) return found;
  throw kdError('KD_REMOTE_SETUP', { teacher, problem: `the environment variable ${given.env}, for ${what}, is not set`, next: 'Set it where kd is started.' });
}

/** Headers as they are sent. What is wrong with one is told without its value. @throws KD_REMOTE_SETUP */
export function headersOf(given: Readonly<Record<string, HeaderValue>>, teacher: string): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => {
    const text = textOf(value, teacher, `the header ${name}`);
    try {
      validateHeaderName(name);
      validateHeaderValue(name, text);
    } catch {
      throw kdError('KD_REMOTE_SETUP', { teacher, problem: `the header ${JSON.stringify(name)} holds what no header may hold, such as a line break`, next: 'Correct its name or its value.' });
    }
    return [name, text];
  }));
}

/** Takes texts that came from a server apart from what was sent to it: a server may well say it back. */
export function hider(secrets: readonly string[]): (text: string) => string {
  const parts = [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret), ...secret.split(/[\s,;=:&]+/)]))];
  const known = parts.filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
  return (text) => known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
}
