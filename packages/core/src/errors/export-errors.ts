import { failure, mistake, type ErrorRow } from './row.ts';

export const exportErrors: {
  readonly KD_EXPORT_UNSUPPORTED: ErrorRow<{ layer: string; className: string; problem: string }>;
  readonly KD_EXPORT_WRONG: ErrorRow<{ layers: readonly string[] }>;
  readonly KD_EXPORT_BUDGET: ErrorRow<{ file: string; bytes: number; budget: number; precision: string }>;
} = {
  KD_EXPORT_UNSUPPORTED: mistake(
    ({ layer, className, problem }) => `The layer '${layer}' (${className}) cannot be written as ONNX: ${problem}. Export it in TensorFlow.js's own format alone, or build the student without this layer; the README of @kd/export lists what can be written.`,
    { layer: 'gate', className: 'MyGate', problem: 'there is no ONNX for layers of this class' },
  ),
  KD_EXPORT_WRONG: mistake(
    ({ layers }) => `What would be exported answers wrongly outside of kd: TensorFlow.js's own \`predict\` miscalculates batch normalisation over another axis than the last, or of more than four axes (${layers.map((layer) => `'${layer}'`).join(', ')}). Put permute (or reshape) layers before and after it in the student, let it normalise over the last of at most four axes, and train again.`,
    { layers: ['norm'] },
  ),
  KD_EXPORT_BUDGET: failure(
    ({ file, bytes, budget, precision }) => `${file} takes ${bytes} bytes as ${precision}, more than the budget of ${budget}. ${precision === 'uint8' ? 'Make the student smaller' : 'Take --precision uint8, or make the student smaller'}.`,
    { file: 'export/weights.bin', bytes: 220200, budget: 100000, precision: 'float32' },
  ),
};
