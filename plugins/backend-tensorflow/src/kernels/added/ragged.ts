import type { KernelConfig, RaggedGatherAttrs, RaggedTensorToTensorAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { int, text, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

interface GatherInputs {
  readonly paramsNestedSplits: readonly TensorInfo[];
  readonly paramsDenseValues: TensorInfo;
  readonly indices: TensorInfo;
}

export const raggedGather: KernelConfig = kernel<keyof GatherInputs, RaggedGatherAttrs>('RaggedGather', ({ inputs, attrs: { outputRaggedRank }, backend }) => {
  const { paramsNestedSplits: splits, paramsDenseValues: values, indices } = inputs as unknown as GatherInputs;
  const attributes = [
    ...types({ Tvalues: values.dtype, Tindices: indices.dtype, Tsplits: 'int32' }),
    int('PARAMS_RAGGED_RANK', splits.length), int('OUTPUT_RAGGED_RANK', outputRaggedRank),
  ];
  return backend.executeMultipleOutputs('RaggedGather', attributes, [...splits, values, indices], outputRaggedRank + 1);
});

export const raggedRange: KernelConfig = kernel<'starts' | 'limits' | 'deltas'>('RaggedRange', ({ inputs: { starts, limits, deltas }, backend }) =>
  backend.executeMultipleOutputs('RaggedRange', types({ T: starts.dtype, Tsplits: 'int32' }), [starts, limits, deltas], 2));

interface DenseInputs {
  readonly shape: TensorInfo;
  readonly values: TensorInfo;
  readonly defaultValue: TensorInfo;
  readonly rowPartitionTensors: readonly TensorInfo[];
}

export const raggedTensorToTensor: KernelConfig = kernel<keyof DenseInputs, RaggedTensorToTensorAttrs>('RaggedTensorToTensor', ({ inputs, attrs: { rowPartitionTypes }, backend }) => {
  const { shape, values, defaultValue, rowPartitionTensors: rows } = inputs as unknown as DenseInputs;
  const attributes = [
    ...types({ T: values.dtype, Tindex: 'int32', Tshape: 'int32' }),
    int('num_row_partition_tensors', rows.length), text('row_partition_types', rowPartitionTypes),
  ];
  return backend.executeSingleOutput('RaggedTensorToTensor', attributes, [shape, values, defaultValue, ...rows]);
});
