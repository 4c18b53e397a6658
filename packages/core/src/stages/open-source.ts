import { kdError, KdError } from '../errors/kd-error.ts';
import { shown } from '../errors/shown.ts';
import { messageOf } from '../errors/wording.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { OpenedTeacher } from '../knowledge/teacher-source.ts';
import type { Teacher } from '../knowledge/teacher.ts';
import { nameIn, type Spec } from '../plugin/spec.ts';

/**
 * Opens the teacher of a source, and sees that it is one: sources of plugins in plain JavaScript have no types.
 *
 * @throws KD_TEACHER_SOURCE_FAILED for what the source throws, KD_STRATEGY_INVALID for what is no teacher
 */
export async function openSource(source: Spec, teacher: OpenedTeacher, { registry }: ResolvedConfig): Promise<Teacher> {
  const where = `teachers.${teacher.id}.source`;
  const strategy = registry.resolve('teacher', source, where);
  let opened: unknown;
  try {
    opened = await strategy.open(teacher);
  } catch (error) {
    if (error instanceof KdError) throw error;
    throw kdError('KD_TEACHER_SOURCE_FAILED', { teacher: teacher.id, source: nameIn(source), message: messageOf(error) }, error);
  }
  const problem = problemOfTeacher(opened);
  if (problem === undefined) return opened as Teacher;
  const { plugin, strategy: { name } } = registry.taken.findLast((taken) => taken.where === where)!;
  throw kdError('KD_STRATEGY_INVALID', { plugin, kind: 'teacher', name, problem });
}

function problemOfTeacher(opened: unknown): string | undefined {
  const teacher = Object(opened) as Readonly<Record<string, unknown>>;
  const { manifest } = teacher;
  if (typeof manifest !== 'object' || manifest === null) return `\`open\` gave ${shown(opened)} without a \`manifest\`, expected a teacher; functionTeacher makes one of a function`;
  const { hash, parameters } = manifest as Readonly<Record<string, unknown>>;
  if (typeof hash !== 'string' || hash === '') return `the teacher's \`hash\` is ${shown(hash)}, expected text that changes when its answers do: stored answers are found by it`;
  if (typeof parameters !== 'number') return `the teacher's \`parameters\` are ${shown(parameters)}, expected their number, or 0`;
  const missing = ['hasFeature', 'signals'].find((name) => typeof teacher[name] !== 'function');
  return missing === undefined ? undefined : `the teacher has no function \`${missing}\``;
}
