import { failure, mistake, type ErrorRow } from './row.ts';

export const exportErrors: {
  readonly KD_EXPORT_UNSUPPORTED: ErrorRow<{ layer: string; className: string; problem: string }>;
  readonly KD_EXPORT_BUDGET: ErrorRow<{ file: string; bytes: number; budget: number; precision: string }>;
} = {
  KD_EXPORT_UNSUPPORTED: mistake(
    ({ layer, className, problem }) => `The layer '${layer}' (${className}) cannot be written as ONNX: ${problem}. Export it in TensorFlow.js's own format alone, or build the student without this layer; the README of @kd/export lists what can be written.`,
    { layer: 'gate', className: 'MyGate', problem: 'there is no ONNX for layers of this class' },
  ),
  KD_EXPORT_BUDGET: failure(
    ({ file, bytes, budget, precision }) => `${file} takes ${bytes} bytes as ${precision}, more than the budget of ${budget}. ${precision === 'uint8' ? 'Make the student smaller' : 'Take --precision uint8, or make the student smaller'}.`,
    { file: 'export/weights.bin', bytes: 220200, budget: 100000, precision: 'float32' },
  ),
};
