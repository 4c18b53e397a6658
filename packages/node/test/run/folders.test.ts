import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beforeRuns } from './before-runs.ts';
import { filesOf } from './run-files.ts';
import { failWith, finish, run, runKilled, start } from './runs.ts';

const { base, folderOf, undisturbed, copy, expectSameEnd } = beforeRuns();

/** The first meets a new folder; the night looks for rarer meetings. */
const rounds = process.env['KD_NIGHTLY'] === undefined ? 3 : 12;

describe.concurrent('two processes and one folder', () => {
  it('the second is refused with the pid of the first, which is not disturbed', async () => {
    const folder = copy('held', 'distill');
    const first = start({ folder, base, pause: { label: 'step distill 2' } });
    await first.said('paused');
    const { details, exitCode, message, events } = await failWith('KD_RUN_LOCKED', { folder, base });
    expect(exitCode).toBe(2);
    expect(details).toMatchObject({ folder, pid: first.process.pid });
    expect(message).toContain('Wait for it, stop it, or choose another folder.');
    expect(events.filter((event) => /tmp|kd-lock/.test(event) === false)).toEqual([]);
    first.process.stdin!.write('\n');
    expect((await first.ended).outcome?.done).toBe(true);
    expect(filesOf(folder)).toEqual(undisturbed().files);
  });

  it('started at once, on a new folder or on one whose process was killed: one runs, the other names it', async () => {
    const folder = folderOf('at-once');
    for (let round = 0; round < rounds; round++) {
      const pair = [0, 1].map(() => start({ folder, base, pause: { label: 'stage teachers' } }));
      const loser = await Promise.race(pair.map((one) => one.ended.then((ended) => ({ one, ended }))));
      const winner = pair.find((one) => one !== loser.one)!;
      expect(loser.ended.outcome?.code, loser.ended.outcome?.message ?? loser.ended.stderr).toBe('KD_RUN_LOCKED');
      expect(loser.ended.outcome!.details!['pid']).toBe(winner.process.pid);
      await winner.said('paused');
      winner.process.kill('SIGKILL');
      await winner.ended;
    }
    await expectSameEnd(folder);
  });
});

describe('a folder that is not a run of kd', () => {
  it('is refused and left as it is', async () => {
    const folder = folderOf('photos');
    mkdirSync(folder);
    writeFileSync(join(folder, 'cat.png'), 'meow');
    const { message, exitCode } = await failWith('KD_OUTPUT_NOT_OURS', { folder, base });
    expect(exitCode).toBe(2);
    expect(message).toContain("it holds other files ('cat.png')");
    expect(readdirSync(folder)).toEqual(['cat.png']);
    expect(readFileSync(join(folder, 'cat.png'), 'utf8')).toBe('meow');
  });

  it('is refused as distillation data too: other files in it are never deleted', async () => {
    const folder = copy('with-photo');
    writeFileSync(join(folder, 'distillation-data/cat.png'), 'meow');
    await expect(finish({ folder, base })).resolves.toMatchObject({ warnings: [] });
    await failWith('KD_OUTPUT_NOT_OURS', { folder, base, changes: { data: { train: ['idx', { images: 'test.idx', labels: 'test-labels.idx', space: 'kind' }] } } });
    expect(readFileSync(join(folder, 'distillation-data/cat.png'), 'utf8')).toBe('meow');
  });
});

describe('teachers of any name', () => {
  it('keep to the folder, and to files of their own', async () => {
    const folder = folderOf('names/run');
    const job = { folder, base, variant: 'odd names' };
    await finish(job);
    expect(readdirSync(folderOf('names'))).toEqual(['run']);
    expect(readdirSync(join(folder, 'teachers')).sort()).toEqual([expect.stringMatching(/^-out\.[0-9a-f]{8}$/), 'a-b', expect.stringMatching(/^a-b\.[0-9a-f]{8}$/), expect.stringMatching(/^a-b\.[0-9a-f]{8}$/)]);
    expect(readdirSync(join(folder, 'units')).filter((name) => name.startsWith('train-teachers-'))).toHaveLength(8);
    const again = await finish(job);
    expect(again.events.filter((event) => event.startsWith('step'))).toEqual([]);
    expect(again.warnings).toEqual([]);
  });
});

describe.concurrent('a changed input', () => {
  it('of the student alone leaves teachers and their answers as they are', async () => {
    const folder = copy('student');
    const { skipped } = await finish({ folder, base, changes: { alpha: 0.3 } });
    expect(skipped).toEqual(['train-teachers/low', 'train-teachers/parity', 'low', 'parity', 'distill/baseline', 'distill/ceiling']);
    const now = filesOf(folder);
    const changed = Object.keys(now).filter((name) => now[name] !== undisturbed().files[name]);
    expect(changed).toEqual(['metrics.jsonl', 'student/model.json', 'student/weights.bin', 'summary.json', 'units/distill.json', 'units/distill.safetensors']);
    await expectSameEnd(folder);
  });

  it('which is a teacher more, before the others, leaves those and their answers as they are', async () => {
    const folder = copy('teacher');
    const untouched = ['distillation-data/t-low-00000.safetensors', 'distillation-data/t-parity-00000.safetensors', 'distillation-data/ids.txt', 'units/train-teachers-low.json', 'units/train-teachers-parity.safetensors', 'teachers/low/weights.bin'];
    const states = (): unknown => untouched.map((name) => [statSync(join(folder, name)).mtimeMs, statSync(join(folder, name)).ino]);
    const before = states();
    const { skipped, warnings } = await finish({ folder, base, variant: 'three teachers' });
    expect(skipped).toEqual(['train-teachers/low', 'train-teachers/parity', 'low', 'parity', 'distill/baseline', 'distill/ceiling']);
    expect(warnings).toEqual([]);
    expect(states()).toEqual(before);
    expect(Object.keys(filesOf(folder))).toContain('distillation-data/t-high-00000.safetensors');
  });

  it('of everything makes everything anew, and killed in between leaves nothing mixed', async () => {
    const folder = copy('seed');
    const other = { folder, base, changes: { seed: 8 } };
    for (const label of ['after rename teachers/low/weights.bin', 'after rename units/train-teachers-parity.safetensors', 'after rename distillation-data/store.json', 'after rename units/distill-ceiling.safetensors', 'after rename student/weights.bin']) {
      await runKilled({ ...other, kill: { label } });
    }
    const { warnings } = await finish(other);
    expect(warnings).toEqual([]);
    await finish({ ...other, folder: folderOf('seed-8') });
    expect(filesOf(folder)).toEqual(filesOf(folderOf('seed-8')));
    expect((await run({ folder, base })).outcome?.done).toBe(true);
    expect(filesOf(folder)).toEqual(undisturbed().files);
  });
});
