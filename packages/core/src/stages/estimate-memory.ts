import type { TrainingSettings } from '../config/resolve-training.ts';
import { sizeOf, type Dataset } from '../data/dataset.ts';
import { parametersOf, type Model } from '../model/model.ts';
import type { MemoryEstimate } from '../run/memory-policy.ts';
import type { PickedStudent } from './pick-student.ts';
import type { PickedTeacher } from './pick-teachers.ts';

const FLOAT = 4;

/** What shapes tell about a run's memory. Activations are counted twice, forward and backward. */
export function estimateMemory({ model }: PickedStudent, teachers: readonly PickedTeacher[], dataset: Dataset, training: TrainingSettings): MemoryEstimate {
  const weights = parametersOf(model) * FLOAT;
  const inputs = Object.values(dataset.inputs).reduce((sum, spec) => sum + sizeOf(spec), 0);
  const answers = teachers.reduce((sum, { space }) => sum + space.classes.length, 0);
  return {
    batchRows: training.batchSize + training.labelledBatchSize,
    studentBytes: weights * (2 + training.optimizer.slots.length),
    bytesPerRow: (inputs + 2 * activationsOf(model) + answers) * FLOAT,
    teachers: teachers.map(({ id, parameters }) => ({ id, bytes: parameters * FLOAT })),
    signalBytes: answers * dataset.size * FLOAT,
  };
}

/** Numbers that a sample leaves in the model's layers. */
function activationsOf(model: Model): number {
  return model.layers.reduce((sum, layer) => sum + (model.shapeOf(layer) ?? []).reduce<number>((product, dimension) => product * (dimension ?? 1), 1), 0);
}
