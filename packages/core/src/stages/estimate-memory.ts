import { sizeOf, type Dataset } from '../data/dataset.ts';
import { heldPerRow } from '../model/held-per-row.ts';
import { parametersOf, type Model } from '../model/model.ts';
import type { Objective } from '../objective/objective.ts';
import type { MemoryEstimate } from '../run/memory-policy.ts';
import { wantedOutputs } from '../step/wanted-outputs.ts';
import type { Optimizer } from '../step/optimizers/optimizer.ts';
import type { PickedStudent } from './pick-student.ts';
import type { PickedTeacher } from './pick-teacher.ts';

const FLOAT = 4;

/**
 * What shapes tell about the memory of a training. Activations are counted twice, forward and backward; weights as those of
 * the model, of the state and as gradients.
 *
 * @param batchRows samples of a whole batch
 * @param keepsBest the weights of the best epoch are kept beside those of the training
 * @param compiled a step is one call: the old state and the new one are there at once
 */
export function estimateMemory({ model, objective }: Pick<PickedStudent, 'model' | 'objective'>, teachers: readonly PickedTeacher[], dataset: Dataset, optimizer: Optimizer, batchRows: number, { keepsBest, compiled }: { readonly keepsBest: boolean; readonly compiled: boolean }): MemoryEstimate {
  const weights = parametersOf(model) * FLOAT;
  const state = 1 + optimizer.slots.length;
  const inputs = Object.values(dataset.inputs).reduce((sum, spec) => sum + sizeOf(spec), 0);
  const answers = objective.soft.length === 0 ? 0 : teachers.reduce((sum, { space }) => sum + space.classes.length, 0);
  const kept = activationsOf(model);
  const recomputed = recomputedActivations(model, objective);
  const most = Math.max(kept, ...teachers.map((teacher) => (teacher.model ? activationsOf(teacher.model) : 0)));
  return {
    batchRows,
    studentBytes: weights * (2 + state + (compiled ? state : 0) + (keepsBest ? 1 : 0)),
    bytesPerRow: (inputs + 2 * kept + answers) * FLOAT,
    recomputedBytesPerRow: recomputed === undefined ? undefined : (inputs + 2 * recomputed + answers) * FLOAT,
    forwardBytesPerRow: (inputs + most) * FLOAT,
    teachers: teachers.map(({ id, parameters }) => ({ id, bytes: parameters * FLOAT })),
    signalBytes: answers * dataset.size * FLOAT,
  };
}

/** Numbers that a sample leaves in the model's layers. */
function activationsOf(model: Model): number {
  const layers = new Map(model.layersModel?.layers.map((layer) => [layer.name, layer]));
  return model.layers.reduce((sum, name) => sum + heldPerRow(layers.get(name), model.shapeOf(name) ?? []), 0);
}

function recomputedActivations(model: Model, objective: Objective): number | undefined {
  const found = model.recomputing?.(wantedOutputs(model, objective));
  return found && 'model' in found ? found.heldPerRow : undefined;
}
