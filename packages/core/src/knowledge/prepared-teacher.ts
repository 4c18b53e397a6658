import type { Preprocess } from '../model/bind-inputs.ts';
import type { Teacher } from './teacher.ts';

/** A teacher whose inputs are prepared before it is asked. Answers that are stored were prepared for when they were given. */
export function preparedTeacher(teacher: Teacher, preprocess: Preprocess | undefined): Teacher {
  if (!preprocess || teacher.stored) return teacher;
  return {
    manifest: teacher.manifest,
    hasFeature: (layer) => teacher.hasFeature(layer),
    signals: (inputs, features) => teacher.signals(preprocess({ ...inputs }), features),
    ...(teacher.park && teacher.unpark ? { park: () => teacher.park!(), unpark: () => teacher.unpark!() } : {}),
    close: () => teacher.close?.(),
  };
}
