import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { startWasm } from '@kd/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onnx } from '../../../../plugins/teachers-onnx/src/index.ts';
import { describeWithRuntimes } from '../../../../plugins/teachers-onnx/test/runtimes.ts';
import { toOnnx } from '../../src/index.ts';
import { chain } from './feed-forward-models.ts';
import { randomWeights } from './random.ts';

const folder = mkdtempSync(join(tmpdir(), 'kd-to-onnx-'));
beforeAll(() => startWasm());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWithRuntimes('a student that became a teacher', (base) => {
  it('says what the student says', async () => {
    const student = chain([6, 6, 2], layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }), layers.flatten(), layers.dense({ units: 3, name: 'logits' }));
    randomWeights(student);
    const path = join(folder, 'student.onnx');
    writeFileSync(path, await toOnnx(student));
    const teacher = await onnx.create({ path }, { base }).open({ id: 'old', space: { name: 'colour', kind: 'classes', classes: ['red', 'green', 'blue'] } });
    const x = tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 1);
    const { logits } = await teacher.signals({ x }, []);
    const expected = (student.predict(x) as tf.Tensor).arraySync() as number[][];
    (logits!.arraySync() as number[][]).forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(expected[i]![j]!, 4)));
    await teacher.close?.();
  });
});
