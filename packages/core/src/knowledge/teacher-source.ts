import type { LabelSpace } from '../labels/label-space.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { Teacher } from './teacher.ts';

/** Who is to be opened. */
export interface OpenedTeacher {
  /** Its name in the config. */
  readonly id: string;
  /** What it is to speak. */
  readonly space: LabelSpace;
  /** In a run, a few samples of the data, always the same, as the teacher will hear them. They are the caller's. */
  samples?(): Promise<NamedTensors>;
}

/** Opens a teacher that lives somewhere else: in a file, behind a server, in another runtime. */
export interface TeacherSource {
  /** Called once a run. What it throws is `KD_TEACHER_SOURCE_FAILED`, unless it is a `KdError`. */
  open(teacher: OpenedTeacher): Promise<Teacher>;
}
