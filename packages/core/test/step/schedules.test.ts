import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSchedule, scheduleNames } from '../../src/step/optimizers/create-schedule.ts';
import { constant, cosine, exponential, linear, multiStep, step, warmUp, type Schedule } from '../../src/step/optimizers/schedules.ts';

interface Case { name: string; params: Record<string, number & number[]>; expected: { learning_rate?: { data: number[] } } }

const { cases } = JSON.parse(readFileSync(new URL('../golden/optimizers.json', import.meta.url), 'utf8')) as { cases: Case[] };

const schedules: Record<string, (params: Case['params']) => Schedule> = {
  cosine: ({ steps, min, learningRate }) => cosine({ steps: steps!, min: min! / learningRate! }),
  linear: ({ steps, from_factor, to_factor }) => linear({ steps: steps!, from: from_factor!, to: to_factor! }),
  step: ({ every, gamma }) => step({ every: every!, gamma: gamma! }),
  multi_step: ({ milestones, gamma }) => multiStep({ milestones: milestones!, gamma: gamma! }),
  exponential: ({ gamma }) => exponential({ gamma: gamma! }),
  warm_up_then_cosine: ({ warm_up_steps, warm_up_from_factor, cosine_steps }) =>
    warmUp({ steps: warm_up_steps!, from: warm_up_from_factor! }, cosine({ steps: cosine_steps! })),
};

describe('against the reference', () => {
  const golden = cases.filter(({ expected }) => expected.learning_rate);

  test('every schedule has a case', () => {
    expect(golden.map(({ name }) => name).sort()).toEqual(Object.keys(schedules).sort());
  });

  test.each(golden)('$name', ({ name, params, expected }) => {
    const schedule = schedules[name]!(params);
    expected.learning_rate!.data.forEach((value, step) => expect(params['learningRate']! * schedule(step)).toBeCloseTo(value, 10));
  });
});

test('schedules hold their end after the planned steps', () => {
  expect(cosine({ steps: 10, min: 0.1 })(25)).toBeCloseTo(0.1, 12);
  expect(linear({ steps: 10, from: 1, to: 0.2 })(25)).toBeCloseTo(0.2, 12);
  expect(constant()(1e6)).toBe(1);
});

test('a warm-up rises in equal steps, from above 0 to the full rate', () => {
  const schedule = warmUp({ steps: 4 }, constant());
  [0.2, 0.4, 0.6, 0.8, 1, 1].forEach((value, step) => expect(schedule(step)).toBeCloseTo(value, 12));
});

describe('by name', () => {
  test('steps default to what the warm-up leaves of the run', () => {
    const schedule = createSchedule('cosine', { min: 0.01, warmUp: 20 }, 120);
    expect(schedule(0)).toBeCloseTo(1 / 21, 12);
    expect(schedule(20)).toBe(1);
    expect(schedule(70)).toBeCloseTo(0.505, 12);
    expect(schedule(120)).toBeCloseTo(0.01, 12);
    expect(createSchedule('linear', {}, 100)(50)).toBeCloseTo(0.5, 12);
    expect(createSchedule('linear', { steps: 10, warmUp: 5, warmUpFrom: 0.5 }, 100)(0)).toBe(0.5);
    expect(createSchedule('linear', { steps: 10, warmUp: 5 }, 100)(10)).toBeCloseTo(0.5, 12);
  });

  test.each(scheduleNames)('%s starts at the full rate and is finite even in a run of no steps', (name) => {
    const options = { every: 3, gamma: 0.5, milestones: [2] };
    expect(createSchedule(name, options, 10)(0)).toBe(1);
    expect(Number.isFinite(createSchedule(name, options, 0)(0))).toBe(true);
    expect(Number.isFinite(createSchedule(name, { ...options, warmUp: 5 }, 3)(7))).toBe(true);
  });
});
