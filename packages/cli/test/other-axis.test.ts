import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Summary } from '@kd/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, kdInOneProcess, type Ended } from './kd.ts';
import { removeFolder, smallConfig, smallProject, writeFiles } from './small-project.ts';

const build = (norm: string, classes: number): string => `import { layers, sequential } from '@tensorflow/tfjs-layers';
export default () => sequential({ layers: [layers.dense({ units: 12, activation: 'relu', inputShape: [2] }), layers.reshape({ targetShape: [3, 4] }), ${norm}, layers.flatten(), layers.dense({ units: ${classes}, name: 'logits' })] });
`;
/** The second is computed by TensorFlow.js itself: its input is turned, so that the axis is the last. */
const norms = {
  over: "layers.batchNormalization({ axis: 1, name: 'norm' })",
  turned: "layers.permute({ dims: [2, 1] }), layers.batchNormalization({ name: 'norm' }), layers.permute({ dims: [2, 1] })",
};
type Name = keyof typeof norms;

const kd = kdInOneProcess();
let project = '';
beforeAll(async () => {
  project = await smallProject(smallConfig);
  await writeFiles(project, Object.fromEntries(Object.entries(norms).flatMap(([name, norm]) => [[`models/${name}.js`, build(norm, 4)], [`models/${name}-side.js`, build(norm, 2)]])));
});
afterAll(() => removeFolder(project));

const asked = (name: Name, ...command: string[]): Promise<Ended> =>
  kd(project, ...command, '--set', `student.model="./models/${name}.js"`, '--set', `teachers.side.model="./models/${name}-side.js"`, '--set', `name="${name}"`);
const warningsOf = ({ stderr }: Ended): readonly unknown[] => (stderr === '' ? [] : events(stderr).filter(({ event }) => event === 'warning').map(({ message }) => message));
const summaryOf = async (name: Name): Promise<Summary> => JSON.parse(await readFile(join(project, 'runs', name, 'summary.json'), 'utf8')) as Summary;

test('student and teacher that normalise over another axis are trained and judged as those that are turned around', async () => {
  const ran = [await asked('over', 'run', '--json'), await asked('turned', 'run', '--json')] as const;
  expect(ran.map(({ code }) => code)).toEqual([0, 0]);
  const [over, turned] = [await summaryOf('over'), await summaryOf('turned')];
  expect(over.student.accuracy).toBeGreaterThan(0.6);
  // Rounding may turn a sample or two.
  expect(Math.abs(over.student.accuracy! - turned.student.accuracy!)).toBeLessThanOrEqual(0.02);
  expect(Math.abs(over.teachers['side']!.accuracy! - turned.teachers['side']!.accuracy!)).toBeLessThanOrEqual(0.02);
  const { heads } = JSON.parse((await asked('over', 'evaluate', 'runs/over', '--json')).stdout) as { heads: object };
  expect(heads).toEqual(over.student.heads);
  expect(warningsOf(ran[0])).toEqual([expect.stringMatching(/'norm'.*`kd export` refuses it/)]);
  expect(warningsOf(ran[1])).toEqual([]);
  expect(warningsOf(await asked('over', 'check', '--json'))).toEqual(warningsOf(ran[0]));
  expect((await asked('over', 'export', 'runs/over')).stderr).toMatch(/^KD_EXPORT_WRONG .*\('norm'\)/);
  expect((await asked('turned', 'export', 'runs/turned')).code).toBe(0);
});
