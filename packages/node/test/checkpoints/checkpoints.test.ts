import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/checkpoints/load-checkpoint.ts';
import { saveCheckpoint } from '../../src/checkpoints/save-checkpoint.ts';
import type { StoredTensor } from '../../src/safetensors/dtypes.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const tensors = (step: number): Record<string, StoredTensor> => ({
  'student/dense/kernel': { dtype: 'float32', shape: [2, 2], data: new Float32Array([step, 0.5, -1, 3]) },
  'optimizer/step': { dtype: 'int32', shape: [], data: new Int32Array([step]) },
});

async function saved(...steps: number[]): Promise<string> {
  const folder = join(temporaryFolder(), 'checkpoints');
  for (const step of steps) await saveCheckpoint(folder, { tensors: tensors(step), plain: { step, alpha: [0.5] } });
  return folder;
}

describe('checkpoints', () => {
  it('come back as they were saved', async () => {
    const folder = await saved(10);
    expect(await loadCheckpoint(folder)).toEqual({ generation: 1, tensors: tensors(10), plain: { step: 10, alpha: [0.5] }, skipped: [] });
  });

  it('are numbered upwards, and the newest are kept', async () => {
    const folder = await saved(1, 2, 3, 4);
    expect(readdirSync(folder).sort()).toEqual(['3.json', '3.safetensors', '4.json', '4.safetensors']);
    await saveCheckpoint(folder, { tensors: tensors(5), plain: {}, kept: 3 });
    expect(readdirSync(folder).filter((name) => name.endsWith('.json')).sort()).toEqual(['3.json', '4.json', '5.json']);
    await saveCheckpoint(folder, { tensors: tensors(6), plain: {}, kept: 1 });
    expect(readdirSync(folder).filter((name) => name.endsWith('.json')).sort()).toEqual(['5.json', '6.json']);
    expect((await loadCheckpoint(folder))?.generation).toBe(6);
  });

  it('are numbered by number, not by letter', async () => {
    const folder = await saved(...Array.from({ length: 11 }, (_, i) => i + 1));
    expect((await loadCheckpoint(folder))?.plain).toMatchObject({ step: 11 });
    expect(readdirSync(folder).sort()).toEqual(['10.json', '10.safetensors', '11.json', '11.safetensors']);
  });

  it('are none where nothing was ever finished', async () => {
    const folder = await saved(1);
    rmSync(join(folder, '1.json'));
    expect(await loadCheckpoint(folder)).toBeUndefined();
    expect(await loadCheckpoint(join(folder, 'none'))).toBeUndefined();
    expect(await saveCheckpoint(folder, { tensors: tensors(2), plain: {} })).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(['2.json', '2.safetensors']);
  });

  it("leave foreign files alone, and sweep a killed process's leftovers", async () => {
    const folder = await saved(1, 2);
    for (const name of ['notes.txt', '01.json', '1.5.json', '.kd-0123456789abcdef.tmp']) writeFileSync(join(folder, name), 'x');
    await saveCheckpoint(folder, { tensors: tensors(3), plain: {} });
    expect(readdirSync(folder).sort()).toEqual(['01.json', '1.5.json', '2.json', '2.safetensors', '3.json', '3.safetensors', 'notes.txt']);
  });

  it('never hold what is no number', async () => {
    const folder = await saved(1);
    const bad: StoredTensor[] = [
      { dtype: 'float32', shape: [3], data: new Float32Array([0, 0, Number.NaN]) },
      { dtype: 'float64', shape: [1], data: new Float64Array([Infinity]) },
      { dtype: 'float16', shape: [1], data: new Uint16Array([0xfc00]) },
    ];
    for (const tensor of bad) {
      const error = await expectKdError('KD_CHECKPOINT_NOT_FINITE', () => saveCheckpoint(folder, { tensors: { w: tensor }, plain: {} }));
      expect(error.message).toContain("'w'");
    }
    await expect(saveCheckpoint(folder, { tensors: {}, plain: { loss: Number.NaN } })).rejects.toThrow('NaN');
    expect((await loadCheckpoint(folder))?.generation).toBe(1);
  });
});

describe('damaged checkpoints', () => {
  it('are found for every changed bit and every length, and the one before is used', { timeout: 120_000 }, async () => {
    const folder = await saved(1, 2);
    for (const name of ['2.json', '2.safetensors']) {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      const mustSkip = async (content: Uint8Array, what: string): Promise<void> => {
        writeFileSync(path, content);
        const loaded = await loadCheckpoint(folder);
        if (loaded?.generation !== 1 || loaded.skipped[0]?.generation !== 2) expect.fail(`${name}: ${what} went unnoticed`);
      };
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = Uint8Array.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        await mustSkip(changed, `bit ${bit}`);
      }
      for (let length = 0; length < bytes.length; length++) {
        await mustSkip(bytes.subarray(0, length), `a cut after ${length}`);
        await mustSkip(Buffer.concat([bytes.subarray(0, length), Buffer.alloc(bytes.length - length)]), `zeros after ${length}`).catch((error: unknown) => {
          if (bytes.subarray(length).some((byte) => byte !== 0)) throw error;
        });
      }
      await mustSkip(Buffer.concat([bytes, Buffer.from('\n')]), 'an addition');
      writeFileSync(path, bytes);
    }
    expect((await loadCheckpoint(folder))?.skipped).toEqual([]);
  });

  it('are found when files are swapped, copied, or missing', async () => {
    const original = await saved(1, 2);
    const cases: Record<string, (folder: string) => void> = {
      'tensors missing': (folder) => rmSync(join(folder, '2.safetensors')),
      'old tensors': (folder) => copyFileSync(join(folder, '1.safetensors'), join(folder, '2.safetensors')),
      'old manifest': (folder) => copyFileSync(join(folder, '1.json'), join(folder, '2.json')),
      'old generation under a new number': (folder) => {
        renameSync(join(folder, '2.json'), join(folder, '3.json'));
        renameSync(join(folder, '2.safetensors'), join(folder, '3.safetensors'));
      },
    };
    for (const [name, damage] of Object.entries(cases)) {
      const folder = temporaryFolder();
      cpSync(original, folder, { recursive: true });
      damage(folder);
      const loaded = await loadCheckpoint(folder);
      expect(loaded?.generation, name).toBe(1);
      expect(loaded?.skipped.length, name).toBe(1);
    }
  });

  it('never start a run afresh in silence', async () => {
    const folder = await saved(1, 2);
    for (const name of ['1.safetensors', '2.json']) writeFileSync(join(folder, name), '');
    const error = await expectKdError('KD_CHECKPOINT_DAMAGED', () => loadCheckpoint(folder));
    expect(error.message).toContain('generation 2:');
    expect(error.message).toContain('generation 1:');
  });
});

it('killed at any time, saving loses no acknowledged checkpoint', { timeout: 60_000 }, async () => {
  const program = join(temporaryFolder(), 'save.mjs');
  const { build } = await import('esbuild');
  const contents = `
    import { loadCheckpoint } from '../../src/checkpoints/load-checkpoint.ts';
    import { saveCheckpoint } from '../../src/checkpoints/save-checkpoint.ts';
    const last = await loadCheckpoint(process.argv[2]);
    for (let step = (last?.plain.step ?? 0) + 1; ; step++) {
      const tensors = { w: { dtype: 'float32', shape: [20000], data: new Float32Array(20000).fill(step) } };
      await saveCheckpoint(process.argv[2], { tensors, plain: { step } });
      console.log(step);
    }`;
  await build({ stdin: { contents, resolveDir: import.meta.dirname }, outfile: program, bundle: true, platform: 'node', format: 'esm', conditions: ['@kd/source'] });
  const folder = temporaryFolder();
  let acknowledged = 0;
  for (let cycle = 0; cycle < 15; cycle++) {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      acknowledged = Number(text.trim().split('\n').at(-1));
    });
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), (cycle * 13) % 50));
    await once(child, 'close');
    const loaded = await loadCheckpoint(folder);
    expect(loaded?.skipped).toEqual([]);
    const { step } = loaded!.plain as { step: number };
    expect([acknowledged, acknowledged + 1]).toContain(step);
    expect(new Set(loaded!.tensors['w']!.data as Float32Array)).toEqual(new Set([step]));
  }
  expect(acknowledged).toBeGreaterThan(15);
});
