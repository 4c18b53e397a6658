import type { Summary } from '@kd/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kdInOneProcess } from './kd.ts';
import { removeFolder, temporaryProject, writeFiles } from './small-project.ts';

const kd = kdInOneProcess();

type Scores = Partial<Record<'student' | 'baseline' | 'ceiling', { accuracy?: number; meanSquaredError?: number }>>;

/** A summary of a run with these scores; a student without one was not judged. */
function summary(seed: number, scores: Scores, { test = 'same', labelled = 20, teachers = ['one'], objective = 'L = 0' }: { test?: string; labelled?: number; teachers?: readonly string[]; objective?: string } = {}): string {
  const students = Object.entries(scores).map(([name, score]) => [name, { ...score, heads: Object.keys(score).length === 0 ? {} : { kind: { ...score, samples: 10 } }, parameters: 9, hash: 'x' }]);
  const teacher = { accuracy: 0.5, samples: 10, space: 'kind', classes: 2, parameters: 9, trained: false, hash: 'x' };
  return JSON.stringify({
    schema: 1, name: 'a', seed, backend: 'wasm', objective, teachers: Object.fromEntries(teachers.map((id) => [id, teacher])), data: { train: 100, labelled, test: 10 },
    steps: 1, seconds: {}, versions: {}, hashes: { train: 'x', test, distillationData: 'x' }, history: [], sections: {}, ...Object.fromEntries(students),
  } satisfies Partial<Summary>);
}

describe('kd compare', () => {
  let project: string;
  beforeAll(async () => {
    project = await temporaryProject();
    await writeFiles(project, {
      'runs/a/summary.json': summary(1, { student: { accuracy: 0.9 }, baseline: { accuracy: 0.7 }, ceiling: { accuracy: 0.95 } }),
      'runs/b/summary.json': summary(2, { student: { accuracy: 0.8 }, baseline: { accuracy: 0.75 } }),
      'runs/c/summary.json': summary(3, { student: { accuracy: 0.85 }, baseline: { accuracy: 0.65 } }),
      'runs/other/summary.json': summary(4, { student: { accuracy: 0.5 } }, { test: 'other' }),
      'runs/more/summary.json': summary(7, { student: { accuracy: 0.9 }, baseline: { accuracy: 0.8 } }, { labelled: 40, teachers: [] }),
      'runs/dkd-1/summary.json': summary(1, { student: { accuracy: 0.5 }, baseline: { accuracy: 0.7 } }, { objective: 'L = DKD' }),
      'runs/dkd-2/summary.json': summary(2, { student: { accuracy: 0.7 }, baseline: { accuracy: 0.75 } }, { objective: 'L = DKD' }),
      'runs/unjudged/summary.json': summary(8, { student: {} }),
      'runs/empty/summary.json': '{}',
      'runs/e/summary.json': summary(5, { student: { meanSquaredError: 0.25 }, baseline: { meanSquaredError: 0.5 } }),
      'runs/f/summary.json': summary(6, { student: { meanSquaredError: 0.75 }, baseline: { meanSquaredError: 0.5 } }),
    });
  });
  afterAll(() => removeFolder(project));

  test('shows each run, mean and spread; what one of them lacks is left out', async () => {
    const { code, stdout, stderr } = await kd(project, 'compare', 'runs/a', 'runs/b', 'runs/c');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ +run +seed +20 labels alone +distilled +gain$/m);
    expect(stdout).toMatch(/^ +runs\/a +1 +70\.00 +90\.00 +\+20\.00$/m);
    expect(stdout).toMatch(/^ +mean ± deviation +70\.00 ± 5\.00 +85\.00 ± 5\.00 +\+15\.00 ± 8\.66$/m);
    expect((await kd(project, 'compare', 'runs/a')).stdout).toMatch(/all 100 labels +gain\n.*\n.*70\.00 ± 0\.00 +90\.00 ± 0\.00 +95\.00 ± 0\.00 +\+20\.00 ± 0\.00/);
  });

  test('has a mean for each objective', async () => {
    const { stdout, stderr } = await kd(project, 'compare', 'runs/a', 'runs/dkd-1', 'runs/b', 'runs/dkd-2');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\n {2}L = 0\n +run +seed.*\n +runs\/a .*\n +runs\/b .*\n +mean ± deviation +72\.50 ± 3\.54 +85\.00 ± 7\.07 +\+12\.50 ± 10\.61\n\n {2}L = DKD\n +run.*\n +runs\/dkd-1 .*\n +runs\/dkd-2 .*\n +mean ± deviation +72\.50 ± 3\.54 +60\.00 ± 14\.14 +-12\.50 ± 10\.61\n\n +Right/);
    const { student, groups } = JSON.parse((await kd(project, 'compare', 'runs/a', 'runs/dkd-1', 'runs/dkd-2', '--json')).stdout) as Record<string, never>;
    expect(student).toMatchObject({ values: [0.9, 0.5, 0.7] });
    expect(groups).toMatchObject([{ objective: 'L = 0', runs: [0], student: { values: [0.9], deviation: 0 } }, { objective: 'L = DKD', runs: [1, 2], student: { values: [0.5, 0.7] }, gain: { mean: expect.closeTo(-0.125, 10) as number } }]);
  });

  test('says in its titles only what holds for every run', async () => {
    expect((await kd(project, 'compare', 'runs/a', 'runs/more')).stdout).toMatch(/^ +run +seed +labels alone +student +gain$/m);
  });

  test('shows errors of values as they are', async () => {
    expect((await kd(project, 'compare', 'runs/e', 'runs/f')).stdout).toMatch(/distilled +change\n[^]*-0\.2500\n[^]*0\.5000 ± 0\.000 +0\.5000 ± 0\.3536 +\+0\.000 ± 0\.3536\n\n +Mean squared errors: less is better/);
  });

  test('gives the same to programs', async () => {
    const { runs, student, gain } = JSON.parse((await kd(project, 'compare', 'runs/a', 'runs/c', '--json')).stdout) as Record<string, never> & { runs: { seed: number }[]; student: { values: number[]; mean: number; deviation: number }; gain: { mean: number } };
    expect(runs.map(({ seed }) => seed)).toEqual([1, 3]);
    expect(student.values).toEqual([0.9, 0.85]);
    expect([student.mean, student.deviation, gain.mean]).toEqual([expect.closeTo(0.875, 10), expect.closeTo(Math.sqrt(0.00125), 10), expect.closeTo(0.2, 10)]);
  });

  test('warns of other test data, and refuses folders without a result', async () => {
    const mixed = await kd(project, 'compare', 'runs/a', 'runs/other');
    expect(mixed.code).toBe(0);
    expect(mixed.stderr).toContain('judged on different test data');
    for (const [folder, message] of [
      ['runs', /KD_USAGE .*runs holds no finished run/],
      ['runs/empty', /KD_FILE_INVALID .*summary\.json is no valid summary: schema: .*; and \d+ more/],
      ['runs/unjudged', /KD_USAGE .*The student of runs\/unjudged was not judged\. Give `data\.test`/],
      ['runs/e', /KD_USAGE .*The students of runs\/a and runs\/e are judged differently/],
    ] as const) {
      const { code, stdout, stderr } = await kd(project, 'compare', 'runs/a', folder);
      expect({ code, stdout }, folder).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
    }
  });
});
