import type { LabelSpace } from '../labels/label-space.ts';
import type { Teacher } from './teacher.ts';

/** Opens a teacher that lives somewhere else: in a file, behind a server, in another runtime. */
export interface TeacherSource {
  /** Called once a run. `id` is the teacher's name in the config, `space` what it is to speak. What it throws is `KD_TEACHER_SOURCE_FAILED`. */
  open(teacher: { readonly id: string; readonly space: LabelSpace }): Promise<Teacher>;
}
