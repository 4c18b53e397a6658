import { join } from 'node:path';
import { kdError, type Model, type Plain, type SnapshotSlot, type TensorData, type UnitRecord, type Workspace } from '@kd/core';
import { clearCheckpoints } from '../checkpoints/clear-checkpoints.ts';
import { loadCheckpoint } from '../checkpoints/load-checkpoint.ts';
import { saveCheckpoint } from '../checkpoints/save-checkpoint.ts';
import { savedModelProblem } from '../models/saved-model-problem.ts';
import { saveLayersModel } from '../models/save-layers-model.ts';
import type { StoredTensor } from '../safetensors/dtypes.ts';
import { fileNameOf } from '../store/file-name.ts';
import { readUnit, unitFileName, writeUnit } from './unit-files.ts';
import { openStoredSignals, writeStoredSignals } from './store-signals.ts';

/** Hears what could not be used and is made again. */
export type Warn = (message: string) => void;

/**
 * Keeps a run in its folder: `units/` what each unit found and its weights, `checkpoints/` while a unit is under way,
 * `distillation-data/` the teachers' answers, `teachers/<id>/` and `student/` the models.
 */
export function fileWorkspace(folder: string, warn: Warn): Workspace {
  const units = join(folder, 'units');
  return {
    recall: (unit, fingerprint) => readUnit(units, unit, fingerprint, warn),
    async remember(unit, fingerprint, made: UnitRecord, model) {
      if (model) await saveModel(folder, unit, model);
      await writeUnit(units, unit, fingerprint, made);
    },
    async restore(unit, model) {
      const problem = model.layersModel && (await savedModelProblem(model.layersModel, join(folder, modelFolder(unit))));
      if (problem === undefined) return;
      warn(`${problem} It is written again.`);
      await saveModel(folder, unit, model);
    },
    snapshots: (unit, fingerprint) => snapshotSlot(join(folder, 'checkpoints', unitFileName(unit)), fingerprint, warn),
    openSignals: (request) => openStoredSignals(join(folder, 'distillation-data'), request, warn),
    writeSignals: (request) => writeStoredSignals(join(folder, 'distillation-data'), request, warn),
  };
}

async function saveModel(folder: string, unit: string, { layersModel }: Model): Promise<void> {
  if (layersModel) await saveLayersModel(layersModel, join(folder, modelFolder(unit)), { metadata: { unit } });
}

/** `train-teachers/low` → `teachers/low`, `distill` → `student`, `distill/baseline` → `baseline`. */
function modelFolder(unit: string): string {
  if (unit === 'distill') return 'student';
  const [stage, ...rest] = unit.split('/');
  const name = fileNameOf(rest.join('/'));
  return stage === 'train-teachers' ? join('teachers', name) : name;
}

interface SavedSnapshot {
  readonly fingerprint: string;
  readonly plain: Plain;
}

function snapshotSlot(folder: string, fingerprint: string, warn: Warn): SnapshotSlot {
  const clear = (): Promise<void> => clearCheckpoints(folder);
  return {
    async load() {
      const found = await loadCheckpoint(folder);
      if (!found) return undefined;
      for (const { generation, reason } of found.skipped) warn(`Checkpoint ${generation} in ${folder} cannot be used (${reason}); the one before it is.`);
      const saved = found.plain as SavedSnapshot;
      if (saved.fingerprint !== fingerprint) {
        warn(`The checkpoint in ${folder} is of other inputs (config, data, models or versions have changed): the training starts from its beginning.`);
        await clear();
        return undefined;
      }
      return { plain: saved.plain, tensors: Object.fromEntries(Object.entries(found.tensors).map(([name, tensor]) => [name, tensorData(folder, name, tensor)])) };
    },
    async save({ tensors, plain }) {
      const saved: SavedSnapshot = { fingerprint, plain };
      await saveCheckpoint(folder, { tensors, plain: saved });
    },
    clear,
  };
}

function tensorData(file: string, name: string, { dtype, shape, data }: StoredTensor): TensorData {
  if ((dtype === 'float32' && data instanceof Float32Array) || (dtype === 'int32' && data instanceof Int32Array)) return { dtype, shape, data };
  throw kdError('KD_FILE_INVALID', { file, expected: 'checkpoint of float32 and int32 tensors', problem: `'${name}' is ${dtype}` });
}
