import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Random } from '@kd/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bin, brief } from '../../packages/cli/test/kd.ts';

// Inside the project, so that the config and its models find the packages.
const folder = mkdtempSync(join(import.meta.dirname, 'tmp-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stream = new Random(11).stream('problem');
const SAMPLES = 300;

/** Points of four classes; half of what makes a class is seen by each teacher. */
function problem(): string {
  return Array.from({ length: SAMPLES }, (_, i) => {
    const x = Array.from({ length: 4 }, () => 2 * stream.uniform() - 1);
    const kind = ['a', 'b', 'c', 'd'][Number(x[0]! > 0) + 2 * Number(x[1]! > 0)];
    return JSON.stringify({ id: `point-${i}`, inputs: { x }, labels: { kind } });
  }).join('\n');
}

const config = `
import { layers, sequential } from '@tensorflow/tfjs-layers';
const mlp = (classes) => () => sequential({ layers: [
  layers.dense({ units: 8, activation: 'relu', inputShape: [4] }), layers.batchNormalization(), layers.dropout({ rate: 0.1 }), layers.dense({ units: classes }),
] });
const train = { epochs: 2, batchSize: 30, checkpointEvery: 3 };
export default {
  plugins: ['./killer.js'],
  data: { train: ['jsonl', { file: 'points.jsonl' }], test: ['jsonl', { file: 'points.jsonl' }], labelled: 80 },
  labels: { kind: ['a', 'b', 'c', 'd'], side: { of: 'kind', groups: { left: ['a', 'c'], right: ['b', 'd'] } }, upper: { of: 'kind', only: ['c', 'd'] } },
  teachers: { side: { model: mlp(2), speaks: 'side', train }, upper: { model: mlp(2), speaks: 'upper', train } },
  student: { model: mlp(4) },
  train: { ...train, epochs: 3 },
  compare: { baseline: true, ceiling: true },
};
`;

/** Kills its own process, as nothing can be caught or cleaned up: after a step, or while answers are being stored. */
const killer = `
import { writeSync } from 'node:fs';
const [unit, step] = (process.env.KILL_AT ?? '').split('@');
const die = () => process.kill(process.pid, 'SIGKILL');
export default { name: 'killer', strategies: [], apply({ hooks }) {
  hooks.stepEnd.tapPromise('killer', async (_, context) => {
    if (process.env.KILL_LOG) writeSync(2, context.unit + '@' + context.progress.step + '\\n');
    if (context.unit === unit && context.progress.step === Number(step)) die();
  });
  hooks.stageStart.tapPromise('killer', async (stage) => { if (stage === unit) setTimeout(die, Number(step)); });
  hooks.stageEnd.tapPromise('killer', async (stage) => { if (stage + '-end' === unit) die(); });
} };
`;

function run(out: string, environment: Readonly<Record<string, string>> = {}): { readonly signal: string | null; readonly status: number | null; readonly stderr: string } {
  const { signal, status, stderr } = spawnSync(process.execPath, [...brief, bin, 'run', '--quiet', '--config', join(folder, 'kd.config.js'), '--out', join(folder, out)], { env: { ...process.env, KD_TENSORFLOW: '/none', ...environment }, encoding: 'utf8' });
  return { signal, status, stderr };
}

/** Every file of a run by its path; seconds are left out of the summary. */
function contentOf(out: string): Record<string, string> {
  const root = join(folder, out);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)).filter((path) => statSync(path).isFile());
  return Object.fromEntries(files.filter((path) => !path.endsWith('kd-run.json')).sort().map((path) => {
    const text = readFileSync(path).toString('latin1');
    return [relative(root, path), path.endsWith('summary.json') ? JSON.stringify({ ...(JSON.parse(text) as object), seconds: undefined }) : text];
  }));
}

let points: readonly string[];
beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'points.jsonl'), problem());
  writeFileSync(join(folder, 'kd.config.js'), config);
  writeFileSync(join(folder, 'killer.js'), killer);
  const { status, stderr } = run('undisturbed', { KILL_LOG: '1' });
  expect(status, stderr).toBe(0);
  points = stderr.trim().split('\n').filter((line) => line.includes('@'));
});

test('killed at 20 random steps and in every stage, a run ends with the same bytes', { timeout: 180_000 }, () => {
  const units = [...new Set(points.map((point) => point.split('@')[0]!))];
  expect(units).toEqual(['train-teachers/side', 'train-teachers/upper', 'distill/baseline', 'distill/ceiling', 'distill']);
  const chosen = stream.permutation(points.length).slice(0, 20).sort().reverse();
  const steps = Array.from(chosen, (place) => points[place]!).reverse();
  const at = (unit: string): number => steps.findIndex((point) => point.startsWith(unit));
  const kills = [...steps];
  kills.splice(at('distill'), 0, 'distillation-data@5', 'distillation-data@40', 'distillation-data-end@0');
  kills.unshift('teachers@1', 'student@1');
  kills.push('distill-end@0');
  let killed = 0;
  for (const point of kills) {
    const { signal, status, stderr } = run('killed', { KILL_AT: point });
    // A stage may be over before its timer; every chosen step is reached.
    if (signal === 'SIGKILL') killed++;
    else expect(status, `${point}: ${stderr}`).toBe(0);
  }
  expect(killed).toBeGreaterThanOrEqual(20);
  const last = run('killed');
  expect(last.status, last.stderr).toBe(0);
  expect(contentOf('killed')).toEqual(contentOf('undisturbed'));
});
