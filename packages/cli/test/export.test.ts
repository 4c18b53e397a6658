import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Summary } from '@kd/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kdInOneProcess } from './kd.ts';
import { removeFolder, smallProject } from './small-project.ts';

const kd = kdInOneProcess();

describe('kd export', () => {
  let project: string;
  beforeAll(async () => {
    project = await smallProject();
  });
  afterAll(() => removeFolder(project));

  test('needs a run, and says what an argument should be before it does anything', async () => {
    expect((await kd(project, 'export')).stderr).toMatch(/KD_USAGE .*runs.small holds no finished run/);
    expect((await kd(project, 'export', '--precision', 'int4')).stderr).toMatch(/--precision int4: expected float32, float16, uint8/);
    expect((await kd(project, 'export', '--budget', 'small')).stderr).toMatch(/--budget small: expected a size.*300kb/);
  });

  test('writes what ships into the run’s folder, judged again as it was written', async () => {
    expect((await kd(project, 'run', '--quiet')).code).toBe(0);
    const { code, stdout, stderr } = await kd(project, 'export', '--precision', 'uint8');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const summary = JSON.parse(await readFile(join(project, 'runs/small/summary.json'), 'utf8')) as Summary;
    expect(stdout).toMatch(/in the run +as it ships +samples\n +quadrant +\d+\.\d\d % +\d+\.\d\d % +100\n/);
    expect(stdout).toContain(`${(100 * summary.student.accuracy!).toFixed(2)} %`);
    expect(stdout).toMatch(/116 parameters, 0\.2 kB of weights with matrices as uint8; its answers differ from the run’s by \d\.\de-\d at most\./);
    expect(stdout).toMatch(/runs.small.export.demo\.html +1\.\d\d MB/);
    const card = await readFile(join(project, 'runs/small/export/README.md'), 'utf8');
    expect(card).toMatch(/% on 100 test samples[^]*teachers side \(side, 2 classes\), height \(height, 2 classes\)[^]*`point` float32 \[2\]/);
  });

  test('gives programs the same, elsewhere; a budget that is not kept is a failure', async () => {
    const { code, stdout } = await kd(project, 'export', 'runs/small', '--to', 'shipped', '--json');
    const found = JSON.parse(stdout) as { difference: number; precision: string; heads: Record<string, object>; before: Record<string, object>; files: Record<string, number> };
    expect(code).toBe(0);
    expect(found).toMatchObject({ precision: 'float32', difference: 0, files: { 'weights.bin': 4 * 116 } });
    expect(found.heads).toEqual(found.before);
    const tight = await kd(project, 'export', '--to', 'shipped', '--budget', '0.4kb');
    expect(tight.code).toBe(1);
    expect(tight.stderr).toMatch(/KD_EXPORT_BUDGET .*464 bytes as float32, more than the budget of 400\. Take --precision uint8/);
    expect((await kd(project, 'export', '--to', 'shipped', '--budget', '464b')).code).toBe(0);
  });

  test('leaves folders of others alone, and a damaged student at home', async () => {
    expect((await kd(project, 'export', '--to', 'data')).stderr).toMatch(/KD_OUTPUT_NOT_OURS .*data/);
    const file = join(project, 'runs/small/student/weights.bin');
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(4));
    expect((await kd(project, 'export')).stderr).toMatch(/^KD_FILE_TRUNCATED/);
    await writeFile(file, whole);
  });
});
