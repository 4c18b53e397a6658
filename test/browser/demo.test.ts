import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LabelSpace } from '@kd/core';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { exportStudent } from '../../packages/export/src/index.ts';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const side: LabelSpace = { name: 'side', kind: 'classes', classes: ['left <b>', 'right'] };

/** A picture of 10 × 10; it knows on which side the light is. */
function knowsSides(): ReturnType<typeof model> {
  const picture = input({ shape: [10, 10], name: 'picture' });
  const answer = layers.dense({ units: 2, name: 'side' }).apply(layers.flatten().apply(picture) as SymbolicTensor) as SymbolicTensor;
  const made = model({ inputs: picture, outputs: answer });
  made.setWeights([tf.tensor2d(Array.from({ length: 200 }, (_, i) => ((i >> 1) % 10 < 5) === (i % 2 === 0) ? 1 : -1), [100, 2]), tf.tensor1d([0, 0])]);
  return made;
}

test.skipIf(!existsSync(executablePath))('an export’s demo page opens as a file, proves itself, and answers to drawing', async () => {
  await tf.setBackend('cpu');
  const folder = await mkdtemp(join(tmpdir(), 'kd-demo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const lit = (from: number): number[] => Array.from({ length: 100 }, (_, i) => (i % 10 >= from && i % 10 < from + 5 ? 1 : 0));
  const exported = await exportStudent({
    folder, name: 'Sides </script>', student: knowsSides(), heads: [{ space: side, output: 'side' }], spaces: new Map([['side', side]]),
    samples: { picture: tf.tensor3d([...lit(0), ...lit(5)], [2, 10, 10]) }, data: [{ name: 'light', shape: [10, 10] }],
  });
  exported.model.dispose();

  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  page.on('request', (request) => void (/^(file|blob|data):/.test(request.url()) || problems.push(request.url())));
  await page.goto(pathToFileURL(join(folder, 'demo.html')).href);
  await page.waitForSelector('.bar.best');
  expect(Number(await page.getAttribute('body', 'data-difference'))).toBeLessThan(1e-5);
  expect(await page.textContent('h1')).toBe('Sides </script>');
  expect(await page.textContent('.bar.best span')).toBe('left <b>');
  await page.click('#samples button:nth-child(2)');
  expect(await page.textContent('.bar.best span')).toBe('right');

  // A stroke on the left of an empty picture.
  await page.click('#input button');
  const { x, y, width, height } = (await page.locator('#input canvas').boundingBox())!;
  await page.mouse.move(x + width * 0.2, y + height * 0.2);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.2, y + height * 0.8, { steps: 5 });
  await page.mouse.up();
  expect(await page.textContent('.bar.best span')).toBe('left <b>');
  expect(problems).toEqual([]);
});
