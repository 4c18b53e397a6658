import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from './label-space.ts';
import { viewOf, type View } from './view.ts';

/** A label space that teachers speak, and how it relates to the student's head. */
export interface Granularity {
  readonly name: string;
  /** The space in which teachers and student are compared. */
  readonly space: LabelSpace;
  /** The student's head that is seen through this granularity. */
  readonly head: LabelSpace;
  /** From the head to {@link space}. */
  readonly view: View;
  /** The same classes as the head's, in any order. */
  readonly full: boolean;
}

/** The student's heads, in order; the first is the one that accuracy is about. */
export type Heads = readonly LabelSpace[];

/**
 * The granularity in which a teacher of `space` is compared with the student: its own space where that is a view of a
 * head; the head's space where the teacher is finer than it (its classes are then summed).
 */
export function granularityOf(space: LabelSpace, heads: Heads, teacher: string): Granularity {
  for (const head of heads) {
    const view = viewOf(head, space);
    if (view) return { name: space.name, space, head, view, full: isFull(view) };
  }
  for (const head of heads) {
    if (viewOf(space, head)) return { name: head.name, space: head, head, view: viewOf(head, head)!, full: true };
  }
  throw kdError('KD_LABEL_SPACES_UNRELATED', { teacher, space: space.name, heads: heads.map(({ name }) => name) });
}

function isFull(view: View): boolean {
  return view.coversAll && !view.shares && view.groups.every((members) => members.length === 1);
}
