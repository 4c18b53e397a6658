import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Attribute } from './binding/attributes.ts';
import { NEAREST } from './binding/dtypes.ts';
import type { TensorMetadata } from './binding/eager-executor.ts';
import type { Runtime } from './binding/runtime.ts';
import { tfjsBinding } from './binding/tfjs-binding.ts';
import { Stock } from './kernels/stock.ts';

/** TensorFlow.js's Node backend over a runtime of kd's. */
export class TensorflowBackend extends Stock {
  readonly runtime: Runtime;
  /** While there is somebody who wants to know: the data of tensors that were made, and their numbers. */
  #made: Map<object, number> | undefined;

  constructor(runtime: Runtime) {
    super(tfjsBinding(runtime), '@kd/plugin-backend-tensorflow');
    this.runtime = runtime;
  }

  /** Types that TensorFlow.js does not have, such as int64 and half precision, become the nearest that it has. */
  override createOutputTensor(metadata: TensorMetadata): Tensor {
    const nearest = NEAREST[metadata.dtype];
    if (nearest === undefined) {
      const tensor = super.createOutputTensor(metadata);
      this.#made?.set(tensor.dataId, metadata.id);
      return tensor;
    }
    const cast = this.runtime.cast(metadata.id, metadata.dtype, nearest);
    this.runtime.handles.delete(metadata.id);
    return this.createOutputTensor(cast);
  }

  override executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor {
    return this.executeMultipleOutputs(name, attributes, inputs, 1)[0]!;
  }

  override executeMultipleOutputs(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[], outputs: number): Tensor[] {
    const ids = this.#aliveIds(name, inputs);
    try {
      return this.runtime.execute(name, attributes, ids, outputs).map((made) => this.createOutputTensor(made));
    } finally {
      // The stock backend makes int64 scalars for one call and forgets them.
      inputs.forEach((input, i) => {
        if (!('dataId' in input)) this.runtime.handles.delete(ids[i]!);
      });
    }
  }

  /** The numbers of those tensors that were made by operations in `work` and are still held after it. */
  survivorsOf(work: () => void): readonly number[] {
    const before = this.#made;
    const made = (this.#made = new Map());
    try {
      work();
    } finally {
      this.#made = before;
    }
    return [...made].filter(([data]) => this.tensorMap.has(data)).map(([, id]) => id);
  }

  /** The numbers of tensors that go into a function; values that are still on the host are brought over. */
  idsOf(tensors: readonly TensorInfo[]): readonly number[] {
    return this.#aliveIds('A function', tensors);
  }

  #aliveIds(what: string, tensors: readonly TensorInfo[]): number[] {
    // A clone may have kept alive what this tensor is made of.
    for (const tensor of tensors) if ('dataId' in tensor && !this.tensorMap.has(tensor.dataId)) throw new Error(`${what} was given a tensor of shape [${tensor.shape.join(', ')}] that has been disposed.`);
    return this.getInputTensorIds(tensors);
  }

  override memory(): { readonly unreliable: boolean } {
    return { unreliable: false };
  }
}
