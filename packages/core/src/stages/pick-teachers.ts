import { Mistakes } from '../config/mistakes.ts';
import { checkTeacher } from './check-teacher.ts';
import { pickStudent } from './pick-student.ts';
import { pickTeacher, type PickedTeacher } from './pick-teacher.ts';
import type { Opened } from './stage-context.ts';

/** Stage `teachers`: opens the source models and asks those that can answer about a few samples. */
export async function pickTeachers(context: Opened): Promise<readonly PickedTeacher[]> {
  const picked: PickedTeacher[] = [];
  const mistakes = new Mistakes();
  try {
    for (const [id, config] of Object.entries(context.resolved.config.teachers ?? {})) {
      const one = await mistakes.attemptLater(() => pickTeacher(id, config, context));
      if (one) picked.push(one);
    }
    for (const teacher of picked) await mistakes.attemptLater(() => checkTeacher(teacher, context));
    // What is wrong with the student would be told only once all teachers are right.
    if (mistakes.any) await mistakes.attemptLater(async () => (await pickStudent(context)).close());
    mistakes.throwIfAny('The list of models');
  } catch (error) {
    await closeTeachers(picked);
    throw error;
  }
  return picked;
}

export async function closeTeachers(picked: readonly PickedTeacher[]): Promise<void> {
  for (const teacher of picked) await teacher.close();
}
