import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Summary } from '@kd/core';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { build as viteBuild, type Rolldown } from 'vite';
import { expect, onTestFinished, test } from 'vitest';
import { distillQuarters } from './page.ts';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'));

const entry = join(import.meta.dirname, 'page.ts');

/** The page's script as a browser gets it: from the packages' sources, nothing of Node in it. */
async function bundledByEsbuild(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'page',
    conditions: ['@kd/source'],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/** The same as it would be published: shortened, without what is not used, and with modules in another order. */
async function bundledByVite(): Promise<string> {
  const built = (await viteBuild({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['@kd/source', 'module', 'browser', 'production'] },
    build: { write: false, lib: { entry, formats: ['iife'], name: 'page' } },
  })) as Rolldown.RolldownOutput[];
  return built[0]!.output[0].code;
}

/** Serves an empty page that may use threads, its script and the backend's `.wasm` files. @returns the server's address */
async function serve(script: string): Promise<string> {
  const server = createServer((request, response) => {
    const name = basename(request.url ?? '/');
    response.setHeader('cross-origin-opener-policy', 'same-origin').setHeader('cross-origin-embedder-policy', 'require-corp');
    if (name === '') return void response.setHeader('content-type', 'text/html').end('<!doctype html><script src="page.js"></script>');
    if (name === 'page.js') return void response.setHeader('content-type', 'text/javascript').end(script);
    if (!name.endsWith('.wasm')) return void response.writeHead(404).end();
    readFile(join(wasmFolder, name)).then(
      (bytes) => response.setHeader('content-type', 'application/wasm').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const bundlers: readonly (readonly [string, () => Promise<string>])[] = [['esbuild', bundledByEsbuild], ['Vite', bundledByVite]];

test.for(bundlers)('a page bundled by %s distills as Node does', { timeout: 120_000 }, async ([, bundle], { skip }) => {
  skip(!existsSync(executablePath), `no Chromium at ${executablePath}; set CHROMIUM_PATH`);
  const address = await serve(await bundle());
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  onTestFinished(() => browser.close());

  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(address);
  expect(errors).toEqual([]);
  const summary = await page.evaluate((wasmPath) => (globalThis as unknown as { page: { distillQuarters(path: string): Promise<Summary> } }).page.distillQuarters(wasmPath), address);

  const expected = await distillQuarters();
  expect(summary.backend).toBe('wasm');
  expect(summary.student.accuracy).toBeGreaterThan(0.9);
  expect(summary.student.accuracy).toBeCloseTo(expected.student.accuracy!, 5);
  expect(summary.history.at(-1)!['loss']).toBeCloseTo(expected.history.at(-1)!['loss']!, 4);
});
