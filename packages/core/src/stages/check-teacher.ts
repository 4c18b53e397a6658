import { studentData } from '../data/student-data.ts';
import { kdError } from '../errors/kd-error.ts';
import type { SoftTerm } from '../objective/objective.ts';
import { answersWith } from './asked-how.ts';
import { headOf } from './pick-student.ts';
import type { PickedTeacher } from './pick-teacher.ts';
import type { Opened } from './stage-context.ts';
import { storedKeys } from './stored-keys.ts';
import { expectFeatures, featuresOf } from './teacher-features.ts';

/** Finds what is wrong with a teacher before anything is trained: asks about a few samples, or looks for what its training needs. */
export async function checkTeacher(picked: PickedTeacher, { resolved, data }: Opened): Promise<void> {
  const { id, space, config, untrained } = picked;
  const { soft, spaces, random } = resolved;
  if (untrained) {
    headOf(untrained, space, config.output, `Teacher '${id}'`);
    expectFeatures(soft, (layer) => untrained.shapeOf(layer) !== undefined, id);
    const { labelled } = studentData({ dataset: data.train, wanted: [space], spaces, random, labelledOnly: true });
    if (labelled.length === 0) throw kdError('KD_DATA_LABELS_MISSING', { space: space.name, known: Object.keys(data.train.labels), who: `teacher '${id}' (training)` });
    return;
  }
  const teacher = picked.teacher(picked.hash);
  expectFeatures(soft, (layer) => teacher.hasFeature(layer), id);
  if (teacher.stored) return;
  const asked = { teacher, dataset: data.train, features: featuresOf(soft, id), topK: resolved.config.distillationData?.topK };
  const keys = await storedKeys(asked, answersWith(config, space));
  expectAnswer(id, keys.map(({ name }) => name), soft);
}

/** A term that compares answers needs one: logits, values, or the most likely classes with what is left. */
function expectAnswer(id: string, names: readonly string[], soft: readonly SoftTerm[]): void {
  const heard = soft.some(({ teachers }) => teachers.some((teacher) => teacher.id === id));
  const answers = names.includes('logits') || names.includes('values') || ['indices', 'logProbabilities', 'tail'].every((name) => names.includes(name));
  if (heard && !answers) throw kdError('KD_TEACHER_ANSWER', { teacher: id, received: names.join(', ') || 'nothing' });
}
