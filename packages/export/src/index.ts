export { exportStudent, type Exported, type ExportOptions } from './export-student.ts';
export { exportedModel, type ExportedHead, type ExportedModel } from './exported-model.ts';
export { toOnnx, type OnnxExportOptions } from './onnx/to-onnx.ts';
export { goldenSamples, largestDifference, type GoldenSamples, type Samples } from './samples.ts';
export type { DataInput } from './labels.ts';
