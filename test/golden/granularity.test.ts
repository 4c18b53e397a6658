import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, 'granularity.json'), 'utf8')) as { cases: { name: string }[] };

/** The patterns by which the tests of packages and plugins ask for cases of the family. */
function patternsAskedFor(): RegExp[] {
  const files = ['packages', 'plugins'].flatMap((parent) => readdirSync(join(root, parent)).flatMap((name) => {
    const folder = join(root, parent, name, 'test');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts')).map((file) => join(folder, file));
  }));
  return files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/casesOf\('granularity', \/(.+?)\/\)/g)].map(([, pattern]) => new RegExp(pattern!)));
}

test('every case about granularities is checked by some test', () => {
  const patterns = patternsAskedFor();
  expect(patterns.length).toBeGreaterThan(10);
  expect(cases.filter(({ name }) => !patterns.some((pattern) => pattern.test(name))).map(({ name }) => name)).toEqual([]);
});
