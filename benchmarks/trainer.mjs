import { silent, StopSignal, train } from '@kd/core';
import { startWasm } from '@kd/core';
import { bareLoop } from './bare-loop.mjs';
import { fastestOf, images, problem } from './problem.mjs';

export const about = 'the trainer with a tap on every hook, against a bare loop over the same distillation step';
export const goal = 'at most 1.05';

const batchSize = 128;
const epochs = 3;

export async function run({ quick }) {
  await startWasm();
  const names = ['MLP 784-64-64-10', 'MLP 784-800-800-10'];
  const rows = [];
  const ratios = {};
  for (const student of names) {
    const dataset = images(4096);
    const taught = await problem(student, dataset, { teachers: true });
    const steps = (epochs * dataset.size) / batchSize;
    const best = await fastestOf({ trainer: () => trainer(taught, steps), bare: () => bareLoop(taught, { batchSize, steps }) }, quick ? 2 : 15);
    rows.push({ label: `${student}: trainer`, ms: best.trainer }, { label: `${student}: bare loop`, ms: best.bare });
    ratios[`${student}: trainer / bare loop`] = best.trainer / best.bare;
  }
  return { rows, ratios };
}

/** Milliseconds a step. */
async function trainer({ resolved, model, objective, inputs, data, source }, steps) {
  const { hooks, memory, random, training } = resolved;
  for (const [name, hook] of Object.entries(hooks)) if (!hook.isUsed()) tap(name, hook);
  const slot = { load: async () => undefined, save: async () => {}, clear: async () => {} };
  const start = performance.now();
  await train({
    stage: 'distill', unit: 'bench', student: model, objective, data, inputs, source, hooks, random, slot, reporter: silent, stop: new StopSignal(),
    training: { ...training, epochs, batchSize, mode: 'joint' }, memory: { policy: memory, plan: {} }, teacherFeatures: {},
  });
  return (performance.now() - start) / steps;
}

function tap(name, hook) {
  if (hook.constructor.name.startsWith('Async')) hook.tapPromise('bench', async (value) => (name === 'shouldStop' ? undefined : value));
  else hook.tap('bench', (value) => value);
}
