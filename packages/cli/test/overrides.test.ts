import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kd, startKd, type Ended } from './kd.ts';
import { removeFolder, smallProject } from './small-project.ts';

let project: string;

beforeAll(async () => {
  project = await smallProject();
});
afterAll(() => removeFolder(project));

interface Value {
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
}

function valuesOf({ code, stdout, stderr }: Ended): (path: string) => Value | undefined {
  expect(code, stderr).toBe(0);
  const { values } = JSON.parse(stdout) as { values: Value[] };
  return (path) => values.find((one) => one.path === path);
}

test('flags win over the environment, which wins over the file', async () => {
  const flags = ['--set', 'train.epochs=5', '--set', 'train.optimizer=["sgd",{"learningRate":0.1}]', '--set', 'train.optimizer.1.learningRate=0.2', '--set', 'name=1', '--name', 'word', '--seed', '9'];
  const of = valuesOf(await startKd(['inspect', '--json', ...flags], { cwd: project, env: { KD_SET_train__epochs: '3', KD_SET_train__batchSize: '64' } }).ended);
  expect(of('train.epochs')).toMatchObject({ value: 5, origin: '--set train.epochs=5' });
  expect(of('train.batchSize')).toMatchObject({ value: 64, origin: 'KD_SET_train__batchSize' });
  expect(of('train.labelledBatchSize')).toMatchObject({ value: 8, origin: join(project, 'kd.config.json') });
  expect(of('train.optimizer')).toMatchObject({ value: ['sgd', { learningRate: 0.2 }] });
  expect(of('name')).toMatchObject({ value: 'word', origin: '--name word' });
  expect(of('seed')).toMatchObject({ value: 9, origin: '--seed 9' });
});

test('--set refuses what reaches into prototypes', async () => {
  const { code, stdout, stderr } = await kd(project, 'inspect', '--set', 'train.__proto__.epochs=1');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain("KD_USAGE  --set train.__proto__.epochs=1: '__proto__' cannot be a key");
});
