import type { Score, Summary } from '@kd/core';
import { verdict } from '../output/verdict.ts';
import { count, labelCount, score } from '../output/table.ts';

/** What an export's card says of the student and of where it comes from. @param scores on the test data */
export function factsOf(summary: Summary, scores: Readonly<Record<string, Score>>): readonly (readonly [string, string])[] {
  const { teachers, student, data, seed, versions } = summary;
  const said = Object.entries(teachers).map(([id, { space, classes }]) => `${id} (${space}, ${classes} ${classes === 1 ? 'value' : 'classes'})`);
  return [
    ...Object.entries(scores).map(([head, own]) => [`\`${head}\``, `${score(own)} on ${count(own.samples)} test samples`] as const),
    ['distillation', verdict(summary)],
    ['learned from', `${count(data.train)} samples, ${labelCount(data.labelled)}${said.length === 0 ? '' : `, teachers ${said.join(', ')}`}`],
    ['parameters', count(student.parameters)],
    ['made with', `kd ${versions['kd'] ?? ''}, seed ${seed}`],
  ];
}
