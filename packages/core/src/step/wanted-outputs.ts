import { kdError } from '../errors/kd-error.ts';
import type { Model } from '../model/model.ts';
import type { Objective } from '../objective/objective.ts';

/** Outputs of the heads and the layers that losses ask for, each once. */
export function wantedOutputs(student: Model, { heads, soft }: Objective): readonly string[] {
  const layers = soft.flatMap(({ loss }) => loss.needs?.features?.student ?? []);
  for (const layer of layers) {
    if (!student.shapeOf(layer)) throw kdError('KD_LAYER_UNKNOWN', { who: 'The student', layer, known: student.layers });
  }
  return [...new Set([...heads.map(({ output }) => output), ...layers])];
}
