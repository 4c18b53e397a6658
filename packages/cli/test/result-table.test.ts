import { describe, expect, test } from 'vitest';
import type { StudentSummary, Summary } from '@kd/core';
import { resultTable } from '../src/output/result-table.ts';

const student = (heads: StudentSummary['heads']): StudentSummary => {
  const accuracy = Object.values(heads)[0]?.accuracy;
  return { ...(accuracy === undefined ? {} : { accuracy }), heads, parameters: 1234, hash: 'x' };
};
const place = (meanSquaredError: number): StudentSummary => student({ place: { meanSquaredError, samples: 10 } });
const teacher = { space: 'place', classes: 2, parameters: 9, samples: 10, trained: false, hash: 'x' };

function shown(changes: Partial<Summary>, took: number = 1): string {
  const summary: Summary = {
    schema: 1, name: 'a', seed: 1, backend: 'wasm', objective: 'L = 0', teachers: { one: { ...teacher, accuracy: 0.75 } }, student: student({ kind: { accuracy: 0.5, samples: 10 } }),
    data: { train: 100, labelled: 20, test: 10 }, steps: 1, seconds: {}, versions: {}, hashes: { train: 'x', distillationData: 'x' }, history: [], sections: {}, ...changes,
  };
  return resultTable(summary, 'runs/a', took, { color: false } as never);
}

describe('the table of a run', () => {
  test('says how much better or worse the student became', () => {
    const kind = (accuracy: number): StudentSummary => student({ kind: { accuracy, samples: 10 } });
    expect(shown({ student: kind(0.9), baseline: kind(0.6), ceiling: kind(1) })).toMatch(/student, 20 labels alone +kind +60\.00 % +1,234\n +student, distilled +kind +90\.00 % +1,234\n +student, all 100 labels +kind +100\.00 %[^]*30\.00 points better than the same student on its 20 labels alone: 75 % of what/);
    expect(shown({ student: kind(0.5), baseline: kind(0.6), ceiling: kind(1) })).toMatch(/10\.00 points WORSE [^:]*alone\.\n/);
    expect(shown({ student: kind(0.6), baseline: kind(0.6), ceiling: kind(0.9) })).toMatch(/Distillation changed nothing\.\n/);
    // Where all labels gave no more, there is nothing to have a share of.
    expect(shown({ student: kind(0.7), baseline: kind(0.6), ceiling: kind(0.6) })).toMatch(/10\.00 points better [^:]*alone\.\n/);
    expect(shown({ baseline: kind(0.4), data: { train: 100, labelled: 1, test: 10 } })).toMatch(/student, 1 label alone[^]*on its 1 label alone\./);
  });

  test('says by how many validation samples the weights were chosen', () => {
    const data = { train: 100, labelled: 20, test: 10, validation: 1200 };
    expect(shown({ data, student: { ...place(1), bestEpoch: 2 }, history: [{}, {}, {}, {}, {}] })).toContain('\n  The student has the weights of epoch 3 of 5, the best by 1,200 validation samples.\n');
    expect(shown({ data: { ...data, validation: 1 } })).toContain('The student has the weights of its last epoch; 1 validation sample judged each.');
    expect(shown({})).not.toContain('weights');
  });

  test('shows the error of values, where less is better', () => {
    const table = shown({ teachers: { one: { ...teacher, meanSquaredError: 0.01 } }, student: place(0.03), baseline: place(0.12) });
    expect(table).toMatch(/teacher one +place \(2\) +MSE 0\.01000 +9\n/);
    expect(table).toMatch(/student, distilled +place +MSE 0\.03000 +1,234\n/);
    expect(table).toContain('Distilled, its mean squared error is 75 % less than that of the same student on its 20 labels alone.');
    expect(shown({ student: place(0.18), baseline: place(0.12) })).toContain('50 % MORE');
    for (const same of [0.12, 0]) expect(shown({ student: place(same), baseline: place(same) })).toContain('Distillation changed nothing.');
    expect(shown({ student: place(0.18) })).toContain('The student’s mean squared error is 0.1800.');
  });

  test('says nothing of what is not known of a teacher that has only left its answers', () => {
    const gone = { ...teacher, parameters: 0, samples: 0 };
    const table = shown({ teachers: { gone, one: { ...teacher, accuracy: 0.75 } } });
    expect(table).toMatch(/\n  teacher gone +place \(2\) {10,}– {12}–\n/);
    expect(table).toContain('Each teacher is judged');
    expect(shown({ teachers: { gone } })).not.toContain('Each teacher is judged');
  });

  test('says how long it took', () => {
    for (const [took, said] of [[0.04, '0.0 s'], [59.9, '59.9 s'], [65, '1:05 min'], [119.7, '2:00 min'], [3725.2, '62:05 min']] as const) expect(shown({}, took)).toContain(`  ${said} on wasm`);
  });

  test('has a row for each head', () => {
    expect(shown({ student: student({ kind: { accuracy: 0.5, samples: 10 }, place: { meanSquaredError: 2, samples: 10 } }) })).toMatch(/student, distilled +kind +50\.00 % +1,234\n +place +MSE 2\.000\n/);
  });

  test('does not speak of distillation where there was no teacher', () => {
    const table = shown({ teachers: {}, baseline: student({ kind: { accuracy: 0.6, samples: 10 } }) });
    expect(table).toMatch(/student +kind +50\.00 %/);
    expect(table).toContain('There are no teachers, so nothing was distilled.');
    expect(table).not.toMatch(/WORSE|better|distilled +kind/);
  });
});
