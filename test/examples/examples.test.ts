import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { twoSteps } from './two-steps.ts';

const run = promisify(execFile);

test('quickstart: teachers of other digits are trained, and teach', async () => {
  const { steps, teachers, student } = await twoSteps('quickstart');
  expect(steps).toBe(2);
  expect(Object.values(teachers).map(({ trained, classes }) => [trained, classes])).toEqual([[true, 5], [true, 5], [true, 2]]);
  expect(student.heads['digit']).toMatchObject({ samples: 200 });
});

test('from-existing-models: trained models of three forms, and one that has left its answers', async () => {
  const { steps, teachers } = await twoSteps('from-existing-models');
  expect(steps).toBe(2);
  // They are trained already: two steps would teach them nothing.
  for (const id of ['low', 'high', 'parity']) expect(teachers[id]).toMatchObject({ trained: false, accuracy: expect.closeTo(0.98, 1) });
  expect(teachers['size']).toMatchObject({ trained: false, samples: 0, classes: 3 });
});

test('label-free: detectors are asked, nobody says which language it is', async () => {
  const { steps, teachers, data, student, objective } = await twoSteps('label-free');
  expect([steps, data.labelled]).toEqual([2, 0]);
  expect(objective).toMatch(/^L = \[ .*lande.*eld.*cld3/);
  expect(Object.values(teachers).map(({ classes }) => classes)).toEqual([48, 57, 62]);
  for (const { accuracy } of Object.values(teachers)) expect(accuracy).toBeGreaterThan(0.8);
  expect(student.heads['language']).toMatchObject({ samples: 200 });
});

test('custom-plugin: everything that the plugin brings is chosen by name', async () => {
  const { steps, objective, student } = await twoSteps('custom-plugin');
  expect(steps).toBe(2);
  expect(objective).toMatch(/α\(relay .*JS\(T=2\)@side⟨surest 8: side⟩.*JS\(T=1.5\)@disc⟨surest 8: disc, hasty⟩/);
  expect(student.heads['place']).toMatchObject({ samples: 200 });
});

test('in-memory: one script prints what teachers and student can do', async () => {
  const { stdout } = await run(process.execPath, ['distill.js'], { cwd: join(import.meta.dirname, '../../examples/in-memory') });
  const [side, disc, student, alone] = [...stdout.matchAll(/([\d.]+) %/g)].map(([, percent]) => Number(percent));
  expect(Math.min(side!, disc!)).toBeGreaterThan(95);
  expect(student).toBeGreaterThan(alone! + 3);
});
