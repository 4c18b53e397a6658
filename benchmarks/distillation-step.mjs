import { startWasm } from '@kd/core';
import { bareLoop } from './bare-loop.mjs';
import { fastestOf, images, problem } from './problem.mjs';

export const about = 'a step of distillation from three stored teachers and labels, against a step of plain training on labels';
export const goal = 'at most 1.15';

export async function run({ quick }) {
  await startWasm();
  const rows = [];
  const ratios = {};
  for (const [student, shape] of [['MLP 784-64-64-10', [784]], ['MLP 784-800-800-10', [784]], ['CNN 16-32 on 28x28', [28, 28, 1]]]) {
    const dataset = images(2048, shape);
    const taught = await problem(student, dataset, { teachers: true });
    const plain = await problem(student, dataset, { teachers: false });
    const options = { batchSize: 128, steps: quick ? 4 : 16 };
    const best = await fastestOf({ distillation: () => bareLoop(taught, options), plain: () => bareLoop(plain, options) }, quick ? 1 : 10);
    rows.push({ label: `${student}: distillation`, ms: best.distillation }, { label: `${student}: plain`, ms: best.plain });
    ratios[`${student}: distillation / plain`] = best.distillation / best.plain;
  }
  return { rows, ratios };
}
