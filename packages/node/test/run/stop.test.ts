import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCheckpoint, openStore } from '../../src/index.ts';
import { beforeRuns } from './before-runs.ts';
import type { Job, Outcome } from './driver/job.ts';
import { filesOf } from './run-files.ts';
import { finish, run, runKilled } from './runs.ts';
import { writePoints } from './small-data.ts';

const { base, folderOf, copy, expectSameEnd } = beforeRuns();

/** A real SIGTERM, sent at this moment. */
async function terminate(job: Job): Promise<Outcome> {
  const { outcome, stderr } = await run(job);
  expect(outcome?.code, outcome?.message ?? stderr).toBe('KD_STOPPED');
  expect(outcome!.exitCode).toBe(1);
  expect(outcome!.milliseconds).toBeLessThan(5000);
  return outcome!;
}

const asked = ({ events }: Outcome): number => events.filter((event) => event === 'asked 512' || event === 'asked 64').length;

describe.concurrent('SIGTERM', () => {
  const moments = [
    'stage teachers', 'stage train-teachers', 'step train-teachers/low 3', 'before rename teachers/low/weights.bin', 'step train-teachers/parity 2',
    'stage distillation-data', 'after rename distillation-data/t-low-00000.safetensors', 'stage distill',
    'step distill/baseline 5', 'evaluate distill/baseline', 'step distill/ceiling 17', 'before rename checkpoints/distill/2.json', 'step distill 15',
  ];
  it('in every stage, one after the other, ends the run with everything saved; the end is the same bytes', async () => {
    const folder = folderOf('terminated');
    for (const label of moments) {
      await terminate({ folder, base, signal: { label } });
      expect(existsSync(join(folder, '.kd-lock')), label).toBe(false);
    }
    const { warnings } = await expectSameEnd(folder);
    expect(warnings).toEqual([]);
  });

  it('when only little is left to do, may come too late', async () => {
    const folder = copy('late', 'distill');
    for (const label of ['after rename units/distill.json', 'report', 'before rename summary.json']) await finish({ folder, base, signal: { label } });
    await expectSameEnd(folder);
  });

  it('during a step saves that step', async () => {
    const folder = copy('one-step', 'distill');
    const { details } = await terminate({ folder, base, stop: { label: 'step distill 12' }, signal: { label: 'step distill 12' } });
    expect(details).toEqual({ signal: 'a test', step: 13 });
    expect((await loadCheckpoint(join(folder, 'checkpoints/distill')))!.plain).toMatchObject({ plain: { step: 13 } });
    const again = await expectSameEnd(folder);
    expect(again.events.filter((event) => event.startsWith('step'))[0]).toBe('step distill 13');
  });

  it('before a model is judged keeps all of its training', async () => {
    const folder = copy('judged', 'distill');
    await runKilled({ folder, base, kill: { label: 'evaluate distill' } });
    const again = await expectSameEnd(folder);
    expect(again.events.filter((event) => event.startsWith('step'))).toEqual([]);
  });
});

describe('a teacher that is asked 40,000 times', () => {
  const job = (name: string): Job => ({ folder: folderOf(name), base, variant: 'many questions' });
  const questions = Math.ceil(40_000 / 512);

  it('is asked nothing twice after SIGTERM, and at most a shard again after kill -9; the end is the same bytes', async () => {
    writePoints(base, 'many', 40_000);
    const straight = await finish(job('all'));
    expect(asked(straight)).toBe(questions);

    const stopped = await terminate({ ...job('stopped'), signal: { label: 'asked 512', count: 40 } });
    expect(openStore(join(folderOf('stopped'), 'distillation-data')).teachers['low']).toMatchObject({ rows: 512 * asked(stopped), complete: false });
    const rest = await finish(job('stopped'));
    expect(asked(stopped) + asked(rest)).toBe(questions);
    expect(filesOf(folderOf('stopped'))).toEqual(filesOf(folderOf('all')));

    await runKilled({ ...job('killed'), kill: { label: 'asked 512', count: 40 } });
    expect(asked(await finish(job('killed')))).toBe(questions - 32);
    expect(filesOf(folderOf('killed'))).toEqual(filesOf(folderOf('all')));
    expect(readFileSync(join(folderOf('killed'), 'distillation-data/ids.txt'), 'utf8').split('\n')).toHaveLength(40_001);
  });
});
