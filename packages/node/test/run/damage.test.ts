import { cpSync, existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beforeRuns } from './before-runs.ts';
import type { Outcome } from './driver/job.ts';
import { filesOf } from './run-files.ts';
import { failWith, finish, runKilled } from './runs.ts';

const { base, folderOf, undisturbed, copy, expectSameEnd } = beforeRuns();

/** Turns over one bit in the middle of a file. */
function damage(...path: string[]): void {
  const file = join(...path);
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(file, bytes);
}

/** The units that were trained, in order. */
const trained = ({ events }: Outcome): readonly string[] => [...new Set(events.filter((event) => event.startsWith('step')).map((event) => event.split(' ')[1]!))];

describe.concurrent('a damaged checkpoint', () => {
  it('is told of, and the one before it is used', async () => {
    const folder = copy('newest', 'distill');
    await runKilled({ folder, base, kill: { label: 'step distill 18' } });
    damage(folder, 'checkpoints/distill/5.safetensors'); // after steps 4, 8, 10, 12 and 16
    const { warnings, events } = await expectSameEnd(folder);
    expect(warnings).toEqual([expect.stringMatching(/^Checkpoint 5 in .*checkpoints\/distill cannot be used \(.*sha256.*\); the one before it is\.$/)]);
    expect(events.find((event) => event.startsWith('step'))).toBe('step distill 12');
  });

  it('is told of where it is the only one, and nothing is deleted', async () => {
    const folder = copy('all', 'distill');
    await runKilled({ folder, base, kill: { label: 'step distill 18' } });
    damage(folder, 'checkpoints/distill/5.json');
    truncateSync(join(folder, 'checkpoints/distill/4.safetensors'), 100);
    const before = filesOf(folder);
    const { exitCode, message } = await failWith('KD_CHECKPOINT_DAMAGED', { folder, base });
    expect(exitCode).toBe(1);
    expect(message).toMatch(/generation 5: .*generation 4: .*Restore one from a backup, or start afresh in another folder\./);
    expect({ ...filesOf(folder), '.kd-lock': before['.kd-lock'] }).toEqual(before);
  });

  it('of other inputs is told of and not used', async () => {
    const folder = copy('stale');
    await runKilled({ folder, base, kill: { label: 'step distill 14' }, changes: { compare: {}, alpha: 0.3 } });
    await runKilled({ folder, base, kill: { label: 'after rm checkpoints/distill/3.json' }, changes: { compare: {}, alpha: 0.4 } });
    const other = await finish({ folder, base, changes: { compare: {}, alpha: 0.4 } });
    expect(trained(other)).toEqual(['distill']);
    expect(other.warnings).toEqual([expect.stringMatching(/checkpoints\/distill is of other inputs .*: the training starts from its beginning\.$/)]);
  });
});

describe.concurrent('what a run has made, damaged afterwards,', () => {
  it('is told of and made again: records, weights, models, the summary', async () => {
    const folder = copy('made');
    damage(folder, 'units/distill-baseline.json');
    truncateSync(join(folder, 'units/distill.safetensors'), 1000);
    damage(folder, 'teachers/low/weights.bin');
    rmSync(join(folder, 'teachers/parity'), { recursive: true });
    truncateSync(join(folder, 'ceiling/model.json'), 300);
    truncateSync(join(folder, 'summary.json'), 30);
    const end = await expectSameEnd(folder);
    expect(trained(end)).toEqual(['distill/baseline', 'distill']);
    expect(end.warnings.map((warning) => /(summary|units\/|teachers\/|ceiling\/)[\w/-]*\.json/.exec(warning)?.[0])).toEqual([
      'summary.json', 'teachers/low/model.json', 'teachers/parity/model.json', 'units/distill-baseline.json', 'ceiling/model.json', 'units/distill.json',
    ]);
  });

  it('is found in the layers of a model as well as in its weights', async () => {
    const folder = copy('layers');
    const file = join(folder, 'student/model.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"relu"', '"tanh"'));
    const { warnings, ...end } = await expectSameEnd(folder);
    expect(trained(end as Outcome)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('its layers are not those that it was saved with')]);
  });

  it.each([
    ['a shard', (store: string) => damage(store, 't-low-00000.safetensors')],
    ['half a shard', (store: string) => truncateSync(join(store, 't-parity-00000.safetensors'), 500)],
    ['no shard', (store: string) => rmSync(join(store, 't-low-00000.safetensors'))],
    ['shards of two teachers swapped', (store: string) => {
      renameSync(join(store, 't-low-00000.safetensors'), join(store, 'x'));
      renameSync(join(store, 't-parity-00000.safetensors'), join(store, 't-low-00000.safetensors'));
      renameSync(join(store, 'x'), join(store, 't-parity-00000.safetensors'));
    }],
    ['the list of ids', (store: string) => damage(store, 'ids.txt')],
    ['the index', (store: string) => damage(store, 'store.json')],
    ['no index', (store: string) => rmSync(join(store, 'store.json'))],
  ])('is answered again by the teachers, to the same bytes, without training anybody: %s', async (what, harm) => {
    const folder = copy(`store ${what}`);
    harm(join(folder, 'distillation-data'));
    const end = await expectSameEnd(folder);
    expect(trained(end)).toEqual([]);
    if (what !== 'no index') expect(end.warnings.join()).toMatch(/distillation-data\/[\w.-]+ |not found/);
  });

  it('is removed shard by shard, its index last, so that a kill in between does no harm', async () => {
    const folder = copy('removal');
    damage(folder, 'distillation-data/store.json');
    await runKilled({ folder, base, kill: { label: 'after rm distillation-data/t-low-00000.safetensors' } });
    await runKilled({ folder, base, kill: { label: 'before rm distillation-data/store.json' } });
    await runKilled({ folder, base, kill: { label: 'after rm distillation-data/store.json' } });
    expect(trained(await expectSameEnd(folder))).toEqual([]);
  });
});

describe.concurrent('distillation data of something else', () => {
  it('is not used: another seed, other data', async () => {
    const other = folderOf('seed 9');
    await runKilled({ folder: other, base, changes: { seed: 9 }, kill: { label: 'stage distill' } });
    const folder = copy('foreign');
    cpSync(join(other, 'distillation-data'), join(folder, 'distillation-data'), { recursive: true });
    expect(trained(await expectSameEnd(folder))).toEqual([]);
    const fewer = { train: ['idx', { images: 'train.idx', labels: 'train-labels.idx', space: 'kind', name: 'others' }] as ['idx', object], labelled: 120 };
    await runKilled({ folder: other, base, changes: { data: fewer }, kill: { label: 'stage distill' } });
    cpSync(join(other, 'distillation-data'), join(folder, 'distillation-data'), { recursive: true });
    expect(trained(await expectSameEnd(folder))).toEqual([]);
  });

  it('is found by asking a teacher again that changed behind an unchanged name; what is advised puts all right', async () => {
    const folder = folderOf('changed');
    const job = { folder, base, variant: 'silent change' };
    writeFileSync(join(base, 'weights.json'), JSON.stringify([1, 0, 0, 0, 1, 0, 0, 0, 1]));
    expect(trained(await finish(job))).toEqual(['distill']);
    const before = filesOf(folder);
    writeFileSync(join(base, 'weights.json'), JSON.stringify([1, 0, 0, 0, 0, 1, 0, 1, 0]));
    const { message, exitCode } = await failWith('KD_TEACHER_CHANGED', job);
    expect(exitCode).toBe(1);
    expect(message).toContain("Delete `distillation-data` and `units/train-teachers-low.*` in the run's folder, and run again.");
    expect(filesOf(folder)).toEqual(before);
    for (const name of ['distillation-data', 'units/train-teachers-low.json']) rmSync(join(folder, name), { recursive: true });
    expect(trained(await finish(job))).toEqual(['distill']);
    expect(filesOf(folder)['units/distill.safetensors']).not.toBe(before['units/distill.safetensors']);
    expect(existsSync(join(undisturbed().folder, '.kd-lock'))).toBe(false);
  });
});
