export { KdError, kdError, type ExitCode } from './errors/kd-error.ts';
export { errorTable, type ErrorCode, type ErrorDetails } from './errors/table.ts';
export { type ErrorRow } from './errors/row.ts';
export { disposeAll, under, withPrefix, bytesOf, type NamedTensors } from './tensor/named-tensors.ts';
export { stopGradient } from './tensor/stop-gradient.ts';
export { sizeOf, type Dataset, type InputSpec } from './data/dataset.ts';
export { expectUniqueIds, fromArrays, type ArrayData, type ArrayInput } from './data/from-arrays.ts';
export type { Optimizer, OptimizerInput, OptimizerOutput } from './step/optimizers/optimizer.ts';
