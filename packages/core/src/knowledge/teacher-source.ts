import type { LabelSpace } from '../labels/label-space.ts';
import type { Teacher } from './teacher.ts';

/** Opens a teacher that lives somewhere else: in a file, behind a server, in another runtime. */
export interface TeacherSource {
  open(teacher: { readonly id: string; readonly space: LabelSpace }): Promise<Teacher>;
}
