import { z } from 'zod';
import type { LossInput, LossNeeds } from '@kd/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Which layers a loss compares. */
export interface FeaturePair {
  /** The teacher's name in the config. */
  readonly teacher: string;
  /** A layer of the teacher. */
  readonly teacherLayer: string;
  /** A layer of the student. */
  readonly studentLayer: string;
}

export const featurePair: { readonly teacher: z.ZodString; readonly teacherLayer: z.ZodString; readonly studentLayer: z.ZodString } = {
  teacher: z.string().min(1),
  teacherLayer: z.string().min(1),
  studentLayer: z.string().min(1),
};

/** These two layers, and no logits. */
export function needsOf({ teacher, teacherLayer, studentLayer }: FeaturePair): LossNeeds {
  return { logits: false, features: { student: [studentLayer], teacher: { id: teacher, layers: [teacherLayer] } } };
}

/** The two layers' features in this batch, `[batch, ...]`. */
export function featuresOf({ features }: LossInput, { teacherLayer, studentLayer }: FeaturePair): { readonly student: Tensor; readonly teacher: Tensor } {
  return { student: features.student[studentLayer]!, teacher: features.teacher[teacherLayer]! };
}
