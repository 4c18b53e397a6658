import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root: string = join(import.meta.dirname, '../..');

/** A fenced block of a page, with the mark on the line before it. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly mark: 'run' | 'check' | 'output';
  /** The file that other blocks of the page import it as. */
  readonly name: string;
  readonly language: string;
  readonly code: string;
}

/** Every Markdown file below a folder, by its path from the root. Generated pages and installed packages are left out. */
export function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ['node_modules', 'dist', '.git', 'api', 'runs'].includes(entry.name) ? [] : pagesBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The blocks of a page that stand below `<!-- run -->`, `<!-- check -->` or `<!-- output -->`; a name may follow the mark. */
export function blocksOf(page: string): readonly Block[] {
  const text = readPage(page);
  const found = text.matchAll(/^<!-- (run|check|output)(?: ([\w-]+\.\w+))? -->\n```(\w+)\n([\s\S]*?)^```$/gm);
  return [...found].map((match, i) => {
    const language = match[3]!;
    return { page, line: text.slice(0, match.index).split('\n').length, mark: match[1] as Block['mark'], name: match[2] ?? `block-${i}.${language}`, language, code: match[4]! };
  });
}

/** A page's text without its code. */
export function proseOf(page: string): string {
  return readPage(page).replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}

/** Names of a page's headings as GitHub makes them. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const headings = readPage(page).replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  return new Set([...headings].map(([, title]) => title!.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(' ', '-')));
}

/** The rows of every table of a page, cell by cell, without the rule below the head. */
export function tableRows(page: string): readonly (readonly string[])[] {
  const lines = readPage(page).split('\n').filter((line) => line.startsWith('|') && !/^\|[-:| ]+\|$/.test(line));
  return lines.map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

export function fromRoot(path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}
