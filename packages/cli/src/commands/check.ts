import { describeObjective, openData, parametersOf, pickStudent, pickTeachers, startBackend, viewOf, type Dataset, type PickedTeacher, type ResolvedConfig } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { nextCommand } from '../output/next-command.ts';
import { shown } from '../output/paint.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { safeText } from '../output/safe-text.ts';
import { count, labelCount, table } from '../output/table.ts';
import { openSession } from '../session.ts';
import { costLines, costOf } from './check-cost.ts';

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
  const map = teachers.map((teacher) => labelMap(teacher, resolved));
  const found = {
    file: loaded.file, folder: runFolder, backend: { name: backend.name, why }, objective: describeObjective(student.objective),
    data: { train: data.train.size, test: data.test?.size ?? 0, labelled: resolved.config.data.labelled ?? 'all', inputs: data.train.inputs },
    teachers: teachers.map((teacher, i) => ({ id: teacher.id, speaks: teacher.space.name, parameters: teacher.parameters, trained: teacher.untrained !== undefined, map: map[i] })),
    student: { parameters: parametersOf(student.model), heads: student.heads.map(({ space, output }) => ({ space: space.name, output })) },
    cost, memory,
  };
  const rows = await firstRows(data.train);
  print(flags, found, () => [
    '', `  ${shown('bold', 'config')}    ${safeText(loaded.file)}`,
    `  ${shown('bold', 'data')}      ${count(data.train.size)} samples to train, ${count(data.test?.size ?? 0)} to test, ${labelsFor(resolved.config.data.labelled, data.train)} for the student`,
    ...rows,
    `  ${shown('bold', 'student')}   ${count(found.student.parameters)} parameters, heads ${safeText(found.student.heads.map(({ space, output }) => `${space} (${output})`).join(', '))}`,
    `  ${shown('bold', 'backend')}   ${why}`,
    ...costLines(cost, memory),
    '', table([['teacher', 'speaks', 'parameters', '', 'its classes in the student’s'], ...teachers.map((teacher, i) => [teacher.id, teacher.space.name, count(teacher.parameters), teacher.untrained ? 'to be trained' : 'as it is', map[i]!])]),
    '', `  ${safeText(found.objective)}`, '', `  ${shown('green', 'No mistakes found.')} Next: ${nextCommand(flags, 'run')}`, '',
  ].join('\n'));
}

/** How many labels the student sees, in words. */
function labelsFor(labelled: number | undefined, { labels }: Dataset): string {
  if (Object.keys(labels).length === 0) return 'no labels';
  return labelled === undefined ? 'every label' : labelCount(labelled);
}

/** Which of the student's classes each class of a teacher is. */
function labelMap({ space }: PickedTeacher, { heads }: ResolvedConfig): string {
  for (const head of heads) {
    const view = viewOf(head, space);
    if (view) {
      const share = (group: number, i: number): string => (view.shares ? `${view.shares[group]![i]!.toPrecision(3).replace(/\.?0+$/, '')}·` : '');
      const parts = view.groups.map((members, group) => (members.length === 1 && !view.shares && head.classes[members[0]!] === space.classes[group]
        ? space.classes[group]!
        : `${space.classes[group]!} = ${members.map((member, i) => `${share(group, i)}${head.classes[member]}`).join('+')}`));
      const seen = new Set(view.groups.flat());
      const dropped = head.classes.filter((_, i) => !seen.has(i));
      return `${shorten(parts)}${dropped.length > 0 ? ` (says nothing of ${shorten(dropped)})` : ''}`;
    }
    if (viewOf(space, head)) return `finer than ${head.name}: ${count(space.classes.length)} classes summed into ${count(head.classes.length)}`;
  }
  return 'another task';
}

function shorten(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
}

/** The first samples as they were read, so that a wrong column is seen here. */
async function firstRows(dataset: Awaited<ReturnType<typeof openData>>['train']): Promise<readonly string[]> {
  const rows = Array.from({ length: Math.min(3, dataset.size) }, (_, row) => row);
  const lines: string[][] = rows.map((row) => [dataset.id(row), Object.entries(dataset.labels).map(([space, labels]) => `${space} ${labels.length === dataset.size ? labels[row]! : '…'}`).join(', ') || 'no label']);
  for (const [name, spec] of Object.entries(dataset.inputs)) {
    const width = spec.shape.reduce((product, dimension) => product * dimension, 1);
    const values = spec.dtype === 'int32' ? new Int32Array(width * rows.length) : new Float32Array(width * rows.length);
    await dataset.read(name, rows, values);
    rows.forEach((row, i) => lines[i]!.push(`${name} [${spec.shape.join(' × ')}] ${summaryOf(values.subarray(row * width, (row + 1) * width))}`));
  }
  return [table(lines, '            ')];
}

function summaryOf(values: Float32Array | Int32Array): string {
  if (values.length <= 6) return Array.from(values, (value) => Number(value.toFixed(3))).join(' ');
  let [least, most, sum] = [Infinity, -Infinity, 0];
  for (const value of values) [least, most, sum] = [Math.min(least, value), Math.max(most, value), sum + value];
  return `${least.toFixed(2)} to ${most.toFixed(2)}, mean ${(sum / values.length).toFixed(3)}`;
}

