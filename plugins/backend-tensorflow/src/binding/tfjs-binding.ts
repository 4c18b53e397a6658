import type { Attribute } from './attributes.ts';
import { ATTRIBUTE, BOOL, COMPLEX64, FLOAT, INT32, INT64, RESOURCE, STRING, UINT8, type Values } from './dtypes.ts';
import type { TensorMetadata } from './eager-executor.ts';
import type { Runtime } from './runtime.ts';

/** What the kernels of TensorFlow.js's Node package expect of their native addon. */
export interface TfjsBinding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
  createTensor(shape: readonly number[], dtype: number, values: ArrayLike<number> | Values | readonly Uint8Array[]): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values | Uint8Array[];
  executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): TensorMetadata[];
  getNumOfTensors(): number;
}

/** The runtime in the shape of that addon. */
export function tfjsBinding(runtime: Runtime): TfjsBinding {
  const constants = {
    TF_FLOAT: FLOAT, TF_INT32: INT32, TF_INT64: INT64, TF_BOOL: BOOL, TF_COMPLEX64: COMPLEX64, TF_STRING: STRING, TF_RESOURCE: RESOURCE, TF_UINT8: UINT8,
    TF_ATTR_STRING: ATTRIBUTE.STRING, TF_ATTR_INT: ATTRIBUTE.INT, TF_ATTR_FLOAT: ATTRIBUTE.FLOAT, TF_ATTR_BOOL: ATTRIBUTE.BOOL,
    TF_ATTR_TYPE: ATTRIBUTE.TYPE, TF_ATTR_SHAPE: ATTRIBUTE.SHAPE, TF_ATTR_RESOURCE: ATTRIBUTE.RESOURCE,
  };
  return {
    ...constants,
    TF_Version: runtime.version,
    isUsingGpuDevice: () => runtime.usesGpu,
    createTensor: (shape, dtype, values) => runtime.tensors.create(shape, dtype, values),
    deleteTensor: (id) => runtime.handles.delete(id),
    tensorDataSync: (id) => runtime.read(id),
    executeOp: (name, attributes, inputs, outputs) => runtime.execute(name, attributes, inputs, outputs),
    getNumOfTensors: () => runtime.handles.count,
  };
}
