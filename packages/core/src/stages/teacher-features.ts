import { kdError } from '../errors/kd-error.ts';
import type { StoredKey } from '../knowledge/signal-source.ts';
import type { SoftTerm } from '../objective/objective.ts';
import type { TeacherFeatures } from '../step/step.ts';

/** The layers of a teacher that losses ask for, each once. */
export function featuresOf(soft: readonly SoftTerm[], teacher: string): readonly string[] {
  const wanted = soft.flatMap(({ loss }) => (loss.needs?.features?.teacher?.id === teacher ? loss.needs.features.teacher.layers : []));
  return [...new Set(wanted)];
}

/** @param has whether the teacher has a layer of that name. @throws KD_LOSS_NEEDS for one that a loss asks for and that it lacks */
export function expectFeatures(soft: readonly SoftTerm[], has: (layer: string) => boolean, teacher: string): void {
  for (const { name, loss } of soft) {
    const wanted = loss.needs?.features?.teacher;
    const missing = wanted?.id === teacher ? wanted.layers.find((layer) => !has(layer)) : undefined;
    if (missing === undefined) continue;
    throw kdError('KD_LOSS_NEEDS', { term: name, loss: loss.label ?? name, needs: `layer '${missing}' of teacher '${teacher}'`, why: 'the teacher has no such layer' });
  }
}

/** Shapes of the features that losses ask for. @param keysOf what each teacher answers with */
export function featureShapes(soft: readonly SoftTerm[], keysOf: Readonly<Record<string, readonly StoredKey[]>>): TeacherFeatures {
  return Object.fromEntries(soft.map((term) => [term.name, shapesFor(term, keysOf)]));
}

function shapesFor({ loss }: SoftTerm, keysOf: Readonly<Record<string, readonly StoredKey[]>>): TeacherFeatures[string] {
  const wanted = loss.needs?.features?.teacher;
  if (!wanted) return {};
  return Object.fromEntries(wanted.layers.map((layer) => [layer, keysOf[wanted.id]!.find(({ name }) => name === `features/${layer}`)!.shape]));
}
