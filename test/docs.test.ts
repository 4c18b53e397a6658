import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anchorsOf, blocksOf, fromRoot, pagesBelow, proseOf, readPage, root, type Block } from './docs/pages.ts';
import { makeSandbox } from './docs/sandbox.ts';
import { shipQuickstart } from './docs/shipped-quickstart.ts';

const run = promisify(execFile);
const documents = pagesBelow('docs');
const blocks = documents.flatMap(blocksOf);
const code = blocks.filter(({ mark }) => mark !== 'output');
const compiled: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, verbatimModuleSyntax: true, rewriteRelativeImportExtensions: true };
let sandbox: string;

beforeAll(async () => {
  sandbox = await makeSandbox();
  await shipQuickstart(join(sandbox, 'docs/guide/export/node_modules/quickstart'));
  for (const block of code) {
    const file = sourceFile(block);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, block.code);
    if (block.language === 'ts') await writeFile(file.replace(/\.ts$/, '.js'), ts.transpileModule(block.code, { compilerOptions: { ...compiled, module: ts.ModuleKind.ESNext } }).outputText);
  }
});
afterAll(() => rm(sandbox, { recursive: true, force: true }));

/** Blocks of a page share a folder, so that one may import another by its name. */
function sourceFile({ page, name }: Block): string {
  return join(sandbox, page.replace(/\.md$/, ''), name);
}

const nameOf = ({ page, line }: Block): string => `${page}:${line}`;

describe('examples run', () => {
  const runnable = blocks.filter(({ mark }) => mark === 'run');
  test.for(runnable.map((block) => [nameOf(block), block] as const))('%s', { timeout: 120_000 }, async ([, block]) => {
    const file = sourceFile(block).replace(/\.ts$/, '.js');
    const { stdout } = await run(process.execPath, [file], { cwd: dirname(file) });
    const next = blocks[blocks.indexOf(block) + 1];
    if (next?.page === block.page && next.mark === 'output') expectLike(stdout, next.code);
  });
});

/** The same words, and numbers that are about the same: another processor rounds otherwise. */
function expectLike(received: string, expected: string): void {
  const number = /-?\d+\.\d+/g;
  expect(received.trim().replace(number, '#')).toBe(expected.trim().replace(number, '#'));
  const numbers = (text: string): readonly number[] => (text.match(number) ?? []).map(Number);
  numbers(received).forEach((value, i) => expect(Math.abs(value - numbers(expected)[i]!)).toBeLessThanOrEqual(0.05 * Math.max(1, Math.abs(value))));
}

test('TypeScript examples have no type errors', { timeout: 120_000 }, () => {
  const files = code.filter(({ language }) => language === 'ts').map(sourceFile);
  expect(files.length).toBeGreaterThan(0);
  const program = ts.createProgram(files, { ...compiled, lib: ['lib.es2023.d.ts'], types: ['node'], strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true });
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? `${file.fileName.slice(sandbox.length)}:${file.getLineAndCharacterOfPosition(start).line + 1} ` : '';
    return `${line}${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(problems).toEqual([]);
});

test('every example is run, checked or resolved', () => {
  const forgotten = documents.flatMap((page) => [...readPage(page).matchAll(/^(.*)\n```(?:js|mjs|javascript|ts|typescript)\n(.*)$/gm)]
    .filter(([, before]) => !/^<!-- (run|check|config)/.test(before!)).map(([, , first]) => `${page}: ${first!}`));
  expect(forgotten).toEqual([]);
});

describe('links lead somewhere', () => {
  const pages = pagesBelow('.').filter((page) => !page.startsWith('.changeset/'));
  test.for(pages)('%s', (page) => {
    const broken: string[] = [];
    for (const [, target, anchor] of proseOf(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      const file = target === '' ? join(root, page) : resolve(root, dirname(page), target!);
      if (!existsSync(file)) broken.push(target!);
      else if (anchor && file.endsWith('.md') && !anchorsOf(fromRoot(file)).has(anchor)) broken.push(`${target!}#${anchor}`);
    }
    expect(broken).toEqual([]);
  });
});
