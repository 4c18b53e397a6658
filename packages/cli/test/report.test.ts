import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Confusion, Summary } from '@kd/core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { intervalOf } from '../src/report/interval.ts';
import { reportPage } from '../src/report/report-page.ts';
import { kdInOneProcess } from './kd.ts';
import { removeFolder, smallProject, temporaryProject, writeFiles } from './small-project.ts';

const kd = kdInOneProcess();

describe('kd report', () => {
  let project: string;
  beforeAll(async () => {
    project = await smallProject();
  });
  afterAll(() => removeFolder(project));

  test('needs a run, writes one page into its folder, and gives the same counts to programs', async () => {
    const early = await kd(project, 'report');
    expect(early).toMatchObject({ code: 2, stdout: '' });
    expect(early.stderr).toMatch(/KD_USAGE .*runs.small holds no finished run\. Run `npx kd run` first/);

    expect((await kd(project, 'run', '--quiet')).code).toBe(0);
    expect(await kd(project, 'report', 'runs/small')).toEqual({ code: 0, stdout: `The report is ${join('runs', 'small', 'report.html')}: open it in a browser.\n`, stderr: '' });
    const page = await readFile(join(project, 'runs/small/report.html'), 'utf8');
    const summary = JSON.parse(await readFile(join(project, 'runs/small/summary.json'), 'utf8')) as Summary;
    for (const text of ['points', 'student, 20 labels alone', `${(100 * summary.student.accuracy!).toFixed(2)} %`, summary.objective, 'north-east', summary.student.hash]) expect(page).toContain(text);
    expect(page).not.toMatch(/https?:|<script|<link|@import|url\(/);

    const { stdout } = await kd(project, 'report', '--json');
    const { file, confusions } = JSON.parse(stdout) as { file: string; confusions: Record<string, Confusion> };
    expect(file).toBe(join(project, 'runs/small/report.html'));
    const { classes, counts } = confusions['quadrant']!;
    expect(classes).toEqual(['south-west', 'south-east', 'north-west', 'north-east']);
    expect(counts.flat().reduce((sum, each) => sum + each, 0)).toBe(100);
    expect(counts.reduce((sum, row, label) => sum + row[label]!, 0) / 100).toBeCloseTo(summary.student.accuracy!, 10);
    const other = await kd(project, 'report', '--set', 'data.test.1.file=./data/train.jsonl');
    expect(other.code).toBe(0);
    expect(other.stderr).toMatch(/of 256 samples of 'quadrant' right, but .* of 100 in the run: data\.test or the student is not what it was/);

    // Test data without a label have nothing to confuse.
    await writeFiles(project, { 'data/bare.jsonl': '{"id":"x","inputs":{"point":[0,0]}}\n' });
    const bare = await kd(project, 'report', '--json', '--set', 'data.test.1.file=./data/bare.jsonl');
    expect(JSON.parse(bare.stdout)).toMatchObject({ confusions: {} });

    // Nothing in the run depends on it.
    expect((await kd(project, 'run')).stderr).toContain('unchanged');
  });
});

test('kd report has a page for a student of values, and one that is not judged', async () => {
  const project = await temporaryProject({
    'data.jsonl': Array.from({ length: 40 }, (_, i) => JSON.stringify({ id: `${i}`, inputs: { x: [Math.sin(i)] }, labels: { y: [Math.sin(i) / 2] } })).join('\n'),
    'student.js': "import { layers, sequential } from '@tensorflow/tfjs-layers';\nexport default () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });\n",
    'kd.config.json': JSON.stringify({ data: { train: ['jsonl', { file: './data.jsonl' }] }, labels: { y: { values: ['half'] } }, student: { model: './student.js' }, train: { epochs: 1 } }),
  });
  onTestFinished(() => removeFolder(project));
  for (const [more, shown] of [[['--set', 'data.test=["jsonl",{"file":"./data.jsonl"}]'], /MSE \d/], [[], /<\/html>/]] as const) {
    expect(await kd(project, 'run', '--quiet', ...more)).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await kd(project, 'report', '--json', ...more);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { file, confusions } = JSON.parse(stdout) as { file: string; confusions: unknown };
    expect(confusions).toEqual({});
    const page = await readFile(file, 'utf8');
    expect(page).toMatch(shown);
    expect(page).not.toMatch(/undefined|NaN/);
  }
});

describe('a report', () => {
  const student = { accuracy: 0.8, heads: { kind: { accuracy: 0.8, samples: 10 } }, parameters: 1234, hash: 'x' };
  const page = (changes: Partial<Summary>, confusions: Record<string, Confusion> = {}): string => reportPage({
    schema: 1, name: 'a', seed: 1, backend: 'wasm', objective: 'L = 0', teachers: {}, student, data: { train: 100, labelled: 20, test: 10 }, steps: 1, seconds: {}, versions: {},
    hashes: { train: 'x', distillationData: 'x' }, history: [], sections: {}, ...changes,
  }, confusions);
  const confusionOf = (classes: number): Confusion => ({ classes: Array.from({ length: classes }, (_, i) => `class ${i}`), counts: Array.from({ length: classes }, (_, i) => Array.from({ length: classes }, (_, j) => (i === j ? 8 : i === 0 && j === 1 ? 2 : 0))) });

  test('shows names as text, whatever they hold', () => {
    const evil = '<img src=x onerror="alert(1)">';
    const shown = page({ name: evil, objective: evil, teachers: { [evil]: { space: evil, classes: 2, parameters: 1, samples: 0, trained: false, hash: evil } }, sections: { [evil]: evil } }, { [evil]: { classes: [evil, "'"], counts: [[1, 1], [0, 1]] } });
    expect(shown).not.toContain('<img');
    expect(shown).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    expect(shown).not.toContain("''");
  });

  test('leaves out what is not there', () => {
    expect(page({})).not.toMatch(/training<\/h2>|takes for what|undefined|NaN/);
    const values = page({ student: { heads: { place: { meanSquaredError: 0.25, samples: 10 } }, parameters: 1, hash: 'x' } });
    expect(values).toContain('MSE 0.2500');
    expect(values).not.toMatch(/undefined|NaN/);
  });

  test('draws a line for each number of an epoch, a dot where there is one epoch', () => {
    const one = page({ history: [{ epoch: 0, step: 5, loss: 0.5, alpha: 0.25, 'term/parity': 0.125 }] });
    for (const title of ['Loss', 'α, the weight of the labels', 'Loss of each term']) expect(one).toContain(`<figcaption>${title}</figcaption>`);
    expect(one).not.toContain('Trust in each teacher');
    expect(one.match(/<circle/g)).toHaveLength(3);
    const two = page({ history: [{ epoch: 0, loss: 1 }, { epoch: 1, loss: 0.5, soft: 0 }] });
    // From the upper left to half of the height; the second line starts late, at zero.
    expect(two).toContain('points="52.0,10.0 330.0,84.0"');
    expect(two).toContain('cx="330.0" cy="158.0"');
    expect(two).not.toMatch(/undefined|NaN/);
  });

  test('lists the most frequent mistakes, and has a table where it can be read', () => {
    const few = page({}, { kind: confusionOf(3) });
    expect(few).toContain('<b>class 0</b> taken for <b>class 1</b>: 2 times, 20.00 % of its samples');
    expect(few).toContain('class="confusion"');
    expect(page({}, { kind: confusionOf(31) })).not.toContain('class="confusion"');
    expect(page({}, { kind: { classes: ['a', 'b'], counts: [[3, 0], [0, 0]] } })).toContain('No answer is wrong.');
  });

  test('says how far a share of so many samples can be trusted', () => {
    // As statsmodels 0.15 computes them: proportion_confint(right, samples, method='wilson').
    for (const [right, samples, low, high] of [[8, 10, 0.490162, 0.943318], [0, 10, 0, 0.277533], [10, 10, 0.722467, 1], [9404, 10000, 0.935589, 0.944873]] as const) {
      expect(intervalOf(right / samples, samples)[0]).toBeCloseTo(low, 4);
      expect(intervalOf(right / samples, samples)[1]).toBeCloseTo(high, 4);
    }
  });
});
