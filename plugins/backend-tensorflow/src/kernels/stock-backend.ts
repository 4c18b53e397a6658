import type { DataId, KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Attribute } from '../binding/attributes.ts';
import type { TensorMetadata } from '../binding/eager-executor.ts';

/** The Node package's backend, with what it keeps to itself in its typings. */
export interface StockBackend extends KernelBackend {
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  executeMultipleOutputs(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[], outputs: number): Tensor[];
  createOutputTensor(metadata: TensorMetadata): Tensor;
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  getDTypeInteger(dtype: string): number;
  disposeData(dataId: DataId, force?: boolean): boolean;
  readonly tensorMap: { has(dataId: DataId): boolean; get(dataId: DataId): { id: number; values: unknown } };
}
