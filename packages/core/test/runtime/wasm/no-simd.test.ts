import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, it, vi } from 'vitest';
import { startWasm } from '../../../src/runtime/wasm/start-wasm.ts';
import { expectSameGradients } from './backends.ts';

// What a runtime without SIMD says of every module that asks for it.
beforeAll(async () => {
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  await startWasm();
});

const sides = [false, true];

describe('matrix products where there is no SIMD', () => {
  it.each(sides.flatMap((a) => sides.map((b) => [a, b] as const)))('transposed %s %s', async (transposeA, transposeB) => {
    for (const [batchA, batchB] of [[[], []], [[3], [3]]] as const) {
      for (const [rows, inner, columns] of [[3, 4, 5], [40, 30, 33]] as const) {
        const a = [...batchA, ...(transposeA ? [inner, rows] : [rows, inner])];
        const b = [...batchB, ...(transposeB ? [columns, inner] : [inner, columns])];
        await expectSameGradients((left, right) => tf.matMul(left, right, transposeA, transposeB), a, b);
      }
    }
  });
});
