import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { errorDocs } from '../../../../scripts/error-docs.mjs';
import { errorTable } from '../../src/index.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const rows = Object.entries(errorTable) as [string, { message(details: unknown): string; exit: 1 | 2; example: object }][];
const codes = rows.map(([code]) => code).sort();

/** A message tells its reader to act, or what a value must be. */
const verbs = 'add|ask|change|check|choose|convert|copy|correct|declare|delete|export|fill|free|give|install|lay|let|list|lower|make|mend|name|pass|point|provide|put|raise|register|relate|remove|restore|return|run|save|set|store|use|wait|write';
const advice = new RegExp(`(?:^|[.;:] |\\bor )(?:${verbs})\\b|\\b(?:must|do not|expected|did you mean)\\b`, 'i');

/** Source files of all packages and plugins, by path from the root. */
const sources: [file: string, text: string][] = ['packages', 'plugins'].flatMap((parent) =>
  readdirSync(root + parent).flatMap((name) =>
    readdirSync(`${root}${parent}/${name}/src`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file): [string, string] => [`${parent}/${name}/src/${file}`, readFileSync(`${root}${parent}/${name}/src/${file}`, 'utf8')])));
const rowFiles = sources.filter(([file]) => /^packages\/core\/src\/errors\/\w+-errors\.ts$/.test(file));
const users = sources.filter(([file]) => !rowFiles.some(([name]) => name === file));

describe('docs/errors.md', () => {
  const page = readFileSync(`${root}docs/errors.md`, 'utf8');

  test('lists the same codes as the table', () => {
    const listed = [...page.matchAll(/^## (KD_\w+)$/gm)].map(([, code]) => code).sort();
    expect(listed, 'run `pnpm errors`').toEqual(codes);
  });

  test('shows the messages of the table', () => {
    expect(page, 'run `pnpm errors`').toBe(errorDocs(errorTable));
  });
});

describe('the table', () => {
  test.each(rows)('%s: the example fills the message, and the message says what to do', (_code, { message, example }) => {
    const text = message(example);
    if (!JSON.stringify(example).includes('undefined')) expect(text).not.toMatch(/undefined|\[object/);
    for (const [name, value] of Object.entries(example)) {
      if (typeof value === 'string') expect(text, `the message leaves out '${name}'`).toContain(value);
    }
    expect(text, 'what to do next').toMatch(advice);
  });

  test('every mistake in data exits alike', () => {
    expect(rows.filter(([code, { exit }]) => code.startsWith('KD_DATA_') && exit !== 2)).toEqual([]);
  });

  test('no code stands in two areas', () => {
    const declared = rowFiles.flatMap(([, text]) => [...text.matchAll(/^ {2}(KD_\w+): (?:mistake|failure)\(/gm)].map(([, code]) => code!)).sort();
    expect(declared).toEqual(codes);
  });
});

describe('the sources', () => {
  const used = users.flatMap(([file, text]) => [...text.matchAll(/'(KD_[A-Z0-9_]*[A-Z0-9])'/g)].map(([, code]) => ({ code: code!, file })));

  test('use only codes of the table', () => {
    expect(used.filter(({ code }) => !codes.includes(code))).toEqual([]);
  });

  test('use every code of the table', () => {
    expect(codes.filter((code) => !used.some((use) => use.code === code))).toEqual([]);
  });
});
