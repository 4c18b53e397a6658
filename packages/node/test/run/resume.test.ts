import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@kd/core';
import { describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/index.ts';
import { isTemporaryName } from '../../src/files/temporary-name.ts';
import { beforeRuns } from './before-runs.ts';
import { run, runKilled } from './runs.ts';

const { base, folderOf, undisturbed, copy, expectSameEnd } = beforeRuns();

/** About fifty processes, for the night; `scripts/soak-resume.mjs` starts hundreds. `KD_NIGHTLY=1 npx pnpm@10 exec vitest run packages/node/test/run` */
const nightly = it.runIf(process.env['KD_NIGHTLY'] !== undefined);

describe('a run', () => {
  it('leaves these files, and no others', () => {
    const models = ['baseline', 'ceiling', 'student', 'teachers/low', 'teachers/parity'].flatMap((model) => [`${model}/model.json`, `${model}/weights.bin`]);
    const units = ['distill', 'distill-baseline', 'distill-ceiling', 'train-teachers-low', 'train-teachers-parity'].flatMap((unit) => [`units/${unit}.json`, `units/${unit}.safetensors`]);
    const store = ['ids.txt', 'store.json', 't-low-00000.safetensors', 't-parity-00000.safetensors'].map((name) => `distillation-data/${name}`);
    const { folder, files, outcome } = undisturbed();
    expect(Object.keys(files)).toEqual([...models, ...units, ...store, 'kd-run.json', 'metrics.jsonl', 'summary.json'].sort());
    expect(outcome.skipped).toEqual([]);
    const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, number>);
    expect(metrics.map(({ epoch, step }) => [epoch, step])).toEqual([[0, 10], [1, 20], [2, 30]]);
  });

  it('that is finished does nothing when it is run again, and changes nothing', async () => {
    const again = await expectSameEnd(folderOf('undisturbed'));
    expect(again.events.filter((event) => event.startsWith('step'))).toEqual([]);
    expect(again.events.filter((event) => /^before rename/.test(event))).toEqual(['before rename metrics.jsonl', 'before rename summary.json']);
  });
});

describe.concurrent('kill -9, then the same command again', () => {
  it('in every stage, one after the other, ends in the same bytes', async () => {
    const folder = folderOf('stages');
    const moments = [
      'step train-teachers/low 6', 'after rename units/train-teachers-low.safetensors', 'after rename distillation-data/t-low-00000.safetensors',
      'step distill/baseline 17', 'step distill/ceiling 6', 'step distill 9', 'evaluate distill', 'before rename student/weights.bin', 'after rename units/distill.json', 'before rename summary.json',
    ];
    for (const label of moments) await runKilled({ folder, base, kill: { label } });
    expect((await expectSameEnd(folder)).warnings).toEqual([]);
  });

  nightly('at 20 random steps, one after the other, ends in the same bytes', async () => {
    const folder = folderOf('steps');
    const random = new Random(20).stream('steps');
    for (let kill = 0; kill < 20; kill++) await runKilled({ folder, base, kill: { label: 'step*', count: 3 + Math.floor(random.uniform() * 6) } });
    await expectSameEnd(folder);
  });

  // A kill before a rename leaves a temporary file; one after it, a file that nothing names yet.
  const moments = [
    'after link .kd-lock', 'before rename kd-run.json', 'stage teachers',
    'after rename checkpoints/train-teachers-low/1.safetensors', 'before rm checkpoints/train-teachers-low/1.safetensors', 'evaluate train-teachers/low',
    'after rename teachers/low/weights.bin', 'before rename units/train-teachers-low.safetensors', 'after rename units/train-teachers-low.safetensors', 'after rename units/train-teachers-low.json',
    'before rename distillation-data/store.json', 'after rename distillation-data/t-low-00000.safetensors', 'before rename distillation-data/t-parity-00000.safetensors', 'after rm distillation-data/.kd-lock',
    'step distill/baseline 17', 'after rename baseline/model.json', 'evaluate distill/ceiling', 'before rm checkpoints/distill-ceiling/9.json',
    'before rename checkpoints/distill/3.json', 'after rename checkpoints/distill/4.json', 'evaluate distill', 'before rename student/weights.bin', 'after rename student/model.json', 'after rename units/distill.json',
    'report', 'after rename metrics.jsonl', 'before rename summary.json', 'after rename summary.json',
  ];
  nightly('between any two changes to files, one after the other, ends in the same bytes', async () => {
    const folder = folderOf('moments');
    for (const label of moments) await runKilled({ folder, base, kill: { label } });
    const { warnings } = await expectSameEnd(folder);
    expect(warnings).toEqual([]);
  });

  nightly('is mended by the next run even where that one is killed while it tidies up', async () => {
    const folder = copy('tidying', 'distill');
    await runKilled({ folder, base, kill: { label: 'before rename student/weights.bin' } });
    expect(readdirSync(join(folder, 'student')).filter(isTemporaryName)).toHaveLength(1);
    await runKilled({ folder, base, kill: { label: 'before rm student/tmp' } });
    await runKilled({ folder, base, kill: { label: 'after rm student/tmp' } });
    await expectSameEnd(folder);
  });

  it('keeps optimizer, averages and α: the checkpoint of a step is the same however the run came there', async () => {
    const stopped = async (name: string, kills: readonly string[]): Promise<unknown> => {
      const folder = copy(name, 'distill');
      for (const label of kills) await runKilled({ folder, base, kill: { label } });
      expect((await run({ folder, base, stop: { label: 'step distill 22' } })).outcome?.code).toBe('KD_STOPPED');
      const { tensors, plain } = (await loadCheckpoint(join(folder, 'checkpoints/distill')))!;
      return { tensors, plain };
    };
    const straight = await stopped('straight', []);
    expect(Object.keys((straight as { tensors: object }).tensors).filter((name) => /adamw|slots|optimizer/.test(name)).length).toBeGreaterThan(5);
    expect(await stopped('crooked', ['step distill 7', 'step distill 13', 'step distill 19'])).toEqual(straight);
  });
});
