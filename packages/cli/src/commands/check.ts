import { describeObjective, openData, parametersOf, pickStudent, pickTeachers, startBackend, type Dataset } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { nextCommand } from '../output/next-command.ts';
import { shown } from '../output/paint.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { safeText } from '../output/safe-text.ts';
import { count, labelCount, parametersOfTeacher, table } from '../output/table.ts';
import { openSession } from '../session.ts';
import { costLines, costOf, limitWarnings } from './check-cost.ts';
import { firstSamples } from './first-samples.ts';
import { labelMap } from './label-map.ts';

/** `kd check`: opens everything, trains nothing, and shows what a run would do. */
export async function check(flags: GlobalFlags): Promise<void> {
  const { resolved, loaded, runFolder } = await openSession(flags);
  const { backend, why } = await startBackend(resolved);
  const data = await openData(resolved);
  for (const warning of data.warnings) reporterFor(flags).warn?.(warning);
  const context = { resolved, data };
  const teachers = await pickTeachers(context);
  const student = await pickStudent(context);
  const { cost, memory } = costOf(context, student, teachers);
  for (const warning of [...student.warnings, ...limitWarnings(memory)]) reporterFor(flags).warn?.(warning);
  const map = teachers.map(({ space }) => labelMap(space, resolved.heads));
  const found = {
    file: loaded.file, folder: runFolder, backend: { name: backend.name, why }, objective: describeObjective(student.objective),
    data: { train: data.train.size, test: data.test?.size ?? 0, ...(data.validation ? { validation: data.validation.size } : {}), labelled: data.labelled ?? 'all', inputs: data.train.inputs },
    teachers: teachers.map((teacher, i) => ({ id: teacher.id, speaks: teacher.space.name, parameters: teacher.parameters, trained: teacher.untrained !== undefined, map: map[i] })),
    student: { parameters: parametersOf(student.model), heads: student.heads.map(({ space, output }) => ({ space: space.name, output })) },
    cost, memory,
  };
  const samples = await firstSamples(data.train, resolved.spaces);
  print(flags, found, () => [
    '', `  ${shown('bold', 'config')}    ${safeText(loaded.file)}`,
    `  ${shown('bold', 'data')}      ${count(data.train.size)} samples to train, ${count(data.test?.size ?? 0)} to test, ${data.validation ? `${count(data.validation.size)} to validate, ` : ''}${labelsInWords(data.labelled, data.train)} for the student`,
    table(samples, '            '),
    `  ${shown('bold', 'student')}   ${count(found.student.parameters)} parameters, heads ${safeText(found.student.heads.map(({ space, output }) => `${space} (${output})`).join(', '))}`,
    `  ${shown('bold', 'backend')}   ${why}`,
    ...costLines(cost, memory),
    ...(teachers.length === 0 ? ['', '  There are no teachers: the student learns from its labels alone.'] : ['', table([['teacher', 'speaks', 'parameters', '', 'its classes in the student’s'], ...teachers.map((teacher, i) => [teacher.id, teacher.space.name, parametersOfTeacher(teacher), teacher.untrained ? 'to be trained' : 'as it is', map[i]!])])]),
    '', `  ${safeText(found.objective)}`, '', `  ${shown('green', 'No mistakes found.')} Next: ${nextCommand(flags, 'run')}`, '',
  ].join('\n'));
}

/** How many labels the student sees, in words. */
function labelsInWords(labelled: number | undefined, { labels }: Dataset): string {
  if (Object.keys(labels).length === 0) return 'no labels';
  return labelled === undefined ? 'every label' : labelCount(labelled);
}
