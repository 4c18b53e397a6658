import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kdInOneProcess, startKd } from './kd.ts';
import { removeFolder, smallConfig, smallProject, writeFiles } from './small-project.ts';

const kd = kdInOneProcess();
let project: string;

beforeAll(async () => {
  const { seed: _, train, ...base } = smallConfig;
  project = await smallProject({ ...base, train: { ...train, schedule: undefined } });
  await writeFiles(project, {
    'own.json': JSON.stringify({ $schema: './kd.schema.json', extends: './kd.config.json', train: { ...train, batchSize: 16 }, alpha: 0.3 }),
  });
});
afterAll(() => removeFolder(project));

test('kd inspect shows where each value comes from', async () => {
  const started = startKd(['inspect', '--json', '--config', 'own.json', '--set', 'compare.ceiling=true', '--set', 'data.labelled=16', '--set', 'train.optimizer=["sgd",{"learningRate":0.1}]', '--set', 'train.optimizer.1.learningRate=0.2', '--set', 'name=1', '--name', 'word', '--seed', '3'], { cwd: project, env: { KD_SET_data__labelled: '12', KD_SET_train__labelledBatchSize: '4' } });
  const { code, stdout, stderr } = await started.ended;
  expect(code, stderr).toBe(0);
  const { schema, file, objective, values } = JSON.parse(stdout) as { schema: number; file: string; objective: string; values: { path: string; value: unknown; origin: string }[] };
  expect({ schema, file }).toEqual({ schema: 1, file: join(project, 'own.json') });
  expect(objective).toMatch(/^L = α\(0\.3\)/);
  const of = (path: string): unknown => values.find((one) => one.path === path);
  expect(of('student.model')).toEqual({ path: 'student.model', value: './models/student.js', origin: join(project, 'kd.config.json') });
  expect(of('train.batchSize')).toEqual({ path: 'train.batchSize', value: 16, origin: join(project, 'own.json') });
  expect(of('alpha')).toMatchObject({ value: 0.3, origin: join(project, 'own.json') });
  // Flags win over the environment, which wins over the file.
  expect(of('data.labelled')).toMatchObject({ value: 16, origin: '--set data.labelled=16' });
  expect(of('train.labelledBatchSize')).toMatchObject({ value: 4, origin: 'KD_SET_train__labelledBatchSize' });
  expect(of('train.optimizer')).toMatchObject({ value: ['sgd', { learningRate: 0.2 }] });
  expect(of('name')).toMatchObject({ value: 'word', origin: '--name word' });
  expect(of('seed')).toMatchObject({ value: 3, origin: '--seed 3' });
  expect(of('compare.ceiling')).toMatchObject({ value: true, origin: '--set compare.ceiling=true' });
  // What the config leaves open.
  expect(of('train.schedule')).toMatchObject({ value: 'cosine', origin: 'default' });
  expect(of('teachers.side.train.schedule')).toMatchObject({ value: 'cosine', origin: 'default' });
  expect(of('aggregation')).toMatchObject({ value: 'mean', origin: 'default' });
  expect(of('memory')).toMatchObject({ value: 'whole-batch', origin: 'default' });
  expect(of('backend')).toMatchObject({ value: 'auto', origin: 'default' });
  expect(of('distillationData.precision')).toMatchObject({ value: 'float16', origin: 'default' });
  expect(values.map(({ path }) => path)).toEqual([...new Set(values.map(({ path }) => path))]);
});

test('kd inspect prints a table; the default α is the referee', async () => {
  const { code, stdout } = await kd(project, 'inspect');
  expect(code).toBe(0);
  expect(stdout).toContain('L = α(referee)·CE@quadrant');
  expect(stdout).toMatch(/alpha +referee +default/);
  expect(stdout).toMatch(/seed +0 +default/);
  expect(stdout).toMatch(/train\.epochs +2 +kd\.config\.json/);
});

test('kd inspect shows models, data sets and functions by what they are', async () => {
  await writeFiles(project, {
    'live.mjs': `import { fromArrays } from '@kd/core';
import { readFileSync } from 'node:fs';
const base = JSON.parse(readFileSync(new URL('./kd.config.json', import.meta.url), 'utf8'));
const data = fromArrays({ inputs: { point: { shape: [2], values: Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)) } }, labels: { quadrant: [0, 1, 2, 3, 0, 1, 2, 3] } });
export default { ...base, data: { train: data, test: undefined }, teachers: { rule: { predict: function rule({ point }) { return point; }, speaks: 'side' } }, alpha: 0.5 };
`,
  });
  const { code, stdout, stderr } = await kd(project, 'inspect', '--config', 'live.mjs');
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/data\.train +data set of 8 samples +live\.mjs/);
  expect(stdout).toMatch(/teachers\.rule\.predict +function rule +live\.mjs/);
  expect(stdout).toMatch(/teachers\.rule\.speaks +side +live\.mjs/);
});
