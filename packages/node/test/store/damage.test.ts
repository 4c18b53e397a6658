import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/read-store.ts';
import { idsName, indexName } from '../../src/store/store-index.ts';
import { createStore } from '../../src/store/write-store.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { samples, ids, content, low, logits, rowsPerShard, fill, filled, filesOf } from './small-store.ts';

describe('damaged distillation data', () => {
  const readAll = (folder: string): void => {
    const store = openStore(folder);
    try {
      store.read('low', 'logits', ids, new Float32Array(samples * 3));
    } finally {
      store.close();
    }
  };

  it('is found for every changed bit and every length of every file', async () => {
    const folder = await filled();
    readAll(folder);
    for (const name of [indexName, idsName, 't-low-00004.safetensors']) {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = Uint8Array.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        writeFileSync(path, changed);
        await expectKdError('KD_FILE_DAMAGED', () => readAll(folder));
      }
      for (let length = 0; length < bytes.length; length++) {
        writeFileSync(path, bytes.subarray(0, length));
        await expectKdError('KD_FILE_DAMAGED', () => readAll(folder));
      }
      writeFileSync(path, Buffer.concat([bytes, Buffer.from('x')]));
      await expectKdError('KD_FILE_DAMAGED', () => readAll(folder));
      writeFileSync(path, bytes);
    }
    readAll(folder);
  });

  it('is found when shards are swapped, come from another store, or are gone', async () => {
    const folder = await filled();
    const shard = (n: number): string => join(folder, `t-low-0000${n}.safetensors`);
    renameSync(shard(0), shard(9));
    await expectKdError('KD_FILE_MISSING', () => readAll(folder));
    copyFileSync(shard(1), shard(0));
    await expectKdError('KD_FILE_DAMAGED', () => readAll(folder));
    copyFileSync(shard(0), shard(1));
    copyFileSync(shard(9), shard(0));
    readAll(folder);
  });

  it('is mended from the damage on, to the same bytes', async () => {
    const folder = await filled();
    const before = filesOf(folder);
    truncateSync(join(folder, 't-low-00002.safetensors'), 40);
    const store = await createStore(folder, content);
    expect((await store.writer(low, logits, { rowsPerShard })).rowsDone).toBe(10);
    await fill(store, low, 1);
    await store.close();
    expect(filesOf(folder)).toEqual(before);
  });
});

it('killed at any time, a filling store goes on to the bytes of one that was never killed', { timeout: 60_000 }, async () => {
  const count = 4000;
  const program = join(temporaryFolder(), 'fill.mjs');
  const { build } = await import('esbuild');
  const contents = `
    import { createStore } from '../../src/store/write-store.ts';
    const ids = Array.from({ length: ${count} }, (_, i) => 'sample ' + i);
    const store = await createStore(process.argv[2], { ids, samplesHash: 'x' });
    for (const name of ['a', 'b']) {
      const writer = await store.writer({ name, hash: name, space: 's', classes: ['x', 'y'] }, { logits: { dtype: 'float16', shape: [2] } }, { rowsPerShard: 50 });
      console.log('from ' + writer.rowsDone);
      for (let row = writer.rowsDone; row < ${count}; row += 25) {
        await writer.append(25, { logits: Float32Array.from({ length: 50 }, (_, i) => (row * 2 + i) % 1000) });
      }
      await writer.finish();
    }
    await store.close();
    console.log('done');`;
  await build({ stdin: { contents, resolveDir: import.meta.dirname }, outfile: program, bundle: true, platform: 'node', format: 'esm', conditions: ['@kd/source'] });
  const run = async (folder: string, killAfter?: number): Promise<string> => {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '' && killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
      output += text;
    });
    await once(child, 'close');
    return output;
  };
  const undisturbed = temporaryFolder();
  expect(await run(undisturbed)).toContain('done');
  const folder = temporaryFolder();
  let kills = 0;
  while (!(await run(folder, kills < 12 ? 15 + ((kills * 37) % 60) : undefined)).includes('done')) {
    kills++;
    if (existsSync(join(folder, indexName))) openStore(folder).verify();
    expect(kills).toBeLessThan(20);
  }
  expect(kills).toBeGreaterThan(2);
  expect(filesOf(folder)).toEqual(filesOf(undisturbed));
});
