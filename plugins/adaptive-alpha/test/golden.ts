import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

interface Stored { readonly shape: number[]; readonly data: number[]; readonly dtype?: 'int32' }
export interface GoldenCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly params: Readonly<Record<string, any>>;
  readonly expected: Readonly<Record<string, any>>;
}

export function readJson(file: string): any {
  return JSON.parse(readFileSync(new URL(`golden/${file}.json`, import.meta.url), 'utf8'));
}

export function casesOf(family: string, prefix: string): GoldenCase[] {
  const found = (readJson(family).cases as GoldenCase[]).filter(({ name }) => name.startsWith(prefix));
  expect(found.length, `cases ${prefix} of ${family}`).toBeGreaterThan(0);
  return found;
}

/** Numbers alike within an absolute tolerance, or within float32's. */
export function expectClose(received: ArrayLike<number>, expected: readonly number[], tolerance: number = 1e-5 + 1e-4 * Math.max(...expected.map(Math.abs))): void {
  expect(received.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(received[i]! - value), `value ${i}: ${received[i]} is not ${value}`).toBeLessThanOrEqual(tolerance));
}
