import { studentData, type StudentData } from '../data/student-data.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { Opened } from './stage-context.ts';

/** What the student learns from. @param labelled how many labels it may see; all when undefined */
export function dataFor({ resolved, data }: Opened, wanted: readonly LabelSpace[], labelled: number | undefined): StudentData {
  return studentData({ dataset: data.train, wanted, spaces: resolved.spaces, labelled, random: resolved.random });
}

/** The samples that a teacher of this label space learns from: those with a label in it. */
export function teacherData({ resolved, data }: Opened, space: LabelSpace): StudentData {
  return studentData({ dataset: data.train, wanted: [space], spaces: resolved.spaces, random: resolved.random, labelledOnly: true });
}
