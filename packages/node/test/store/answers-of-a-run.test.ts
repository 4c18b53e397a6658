import { join } from 'node:path';
import type { SignalsRequest, StoredSignals } from '@kd/core';
import { describe, expect, it } from 'vitest';
import { openRun, type RunFolder } from '../../src/run/run-folder.ts';
import { decodeFloat16, encodeFloat16 } from '../../src/safetensors/float16.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const ids = ['a', 'b', 'c'];
const idsOf = (names: readonly string[]): SignalsRequest['ids'] => ({ size: names.length, id: (row) => names[row]! });
const request: SignalsRequest = {
  teacher: 'low', fingerprint: 'weights and inputs', samplesHash: 'samples', space: 'kind', classes: ['x', 'y'], precision: 'float32', ids: idsOf(ids),
  keys: [{ name: 'logits', shape: [2], dtype: 'float32' }, { name: 'indices', shape: [], dtype: 'int32' }],
};
const logits = Float32Array.of(1 / 3, -1000.1, 2 / 7, 0.1, 65000.5, 1e-5);
const indices = Int32Array.of(70_001, 0, 2 ** 24 + 1);

async function answered(own: SignalsRequest): Promise<RunFolder> {
  const run = await openRun(join(temporaryFolder(), 'run'));
  const writer = await run.workspace.writeSignals(own);
  await writer.append(Int32Array.of(0, 1, 2), { logits, indices });
  await writer.finish();
  await writer.close();
  return run;
}

function read(stored: StoredSignals, rows: readonly number[]): { logits: number[]; indices: number[] } {
  const found = { logits: new Float32Array(rows.length * 2), indices: new Int32Array(rows.length) };
  for (const key of ['logits', 'indices'] as const) stored.read(key, rows, found[key]);
  return { logits: Array.from(found.logits), indices: Array.from(found.indices) };
}

describe('a teacher’s answers in a run’s folder', () => {
  it.each([
    ['float32', logits],
    ['float16', decodeFloat16(encodeFloat16(logits))],
  ] as const)('are as exact as asked for: %s', async (precision, expected) => {
    const run = await answered({ ...request, precision });
    const stored = await run.workspace.openSignals({ ...request, precision });
    expect(read(stored!, [2, 0])).toEqual({ logits: [...expected.slice(4), ...expected.slice(0, 2)], indices: [indices[2], indices[0]] });
    await run.close();
  });

  it('are found for the same teacher and samples, and for no others', async () => {
    const run = await answered(request);
    expect(await run.workspace.openSignals(request)).toBeDefined();
    const others: Partial<SignalsRequest>[] = [
      { teacher: 'high' }, { fingerprint: 'other weights' }, { samplesHash: 'other samples' }, { ids: idsOf(['a', 'c', 'b']) }, { ids: idsOf(['a', 'b']) },
    ];
    for (const other of others) expect(await run.workspace.openSignals({ ...request, ...other })).toBeUndefined();
    await run.close();
  });
});
