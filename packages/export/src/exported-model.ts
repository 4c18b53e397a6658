import { model as layersModel, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { findOutput, kdError, miscalculatedLayers, type Head } from '@kd/core';

/** A head of the student, as its file gives it. */
export interface ExportedHead {
  readonly name: string;
  readonly kind: 'classes' | 'values';
  readonly classes: readonly string[];
  /** `logits` are made probabilities by a softmax. */
  readonly gives: 'logits' | 'probabilities' | 'values';
}

export interface ExportedModel {
  /** Its outputs are the heads, in their order. */
  readonly model: LayersModel;
  readonly heads: readonly ExportedHead[];
}

/**
 * A student with its heads as outputs, and nothing else. The layers and their weights are the student's own.
 *
 * @throws KD_HEAD_UNKNOWN; KD_EXPORT_WRONG for a layer that TensorFlow.js itself computes wrongly
 */
export function exportedModel(student: LayersModel, heads: readonly Head[]): ExportedModel {
  const wrong = miscalculatedLayers(student);
  if (wrong.length > 0) throw kdError('KD_EXPORT_WRONG', { layers: wrong });
  const outputs = heads.map(({ output }) => {
    const found = findOutput(student, output);
    if (!found) throw kdError('KD_HEAD_UNKNOWN', { head: output, known: student.outputNames, who: 'The student' });
    return found;
  });
  const asItIs = outputs.length === student.outputs.length && outputs.every((output, i) => output === student.outputs[i]);
  return {
    model: asItIs ? student : layersModel({ inputs: student.inputs, outputs, name: student.name }),
    heads: heads.map(({ space: { name, kind, classes } }, i) => ({ name, kind, classes, gives: kind === 'values' ? 'values' : endsInSoftmax(outputs[i]!) ? 'probabilities' : 'logits' })),
  };
}

function endsInSoftmax({ sourceLayer }: SymbolicTensor): boolean {
  return sourceLayer.getClassName() === 'Softmax' || sourceLayer.getConfig()['activation'] === 'softmax';
}
