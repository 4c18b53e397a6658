import { divNoNan, ones, slice, tensor1d, type AvgPoolAttrs, type KernelConfig, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../../kernel-backend.ts';
import { kernel } from '../kernel.ts';
import { emptyOutput, padded, pooling2d, pooling3d, poolingAttributes, type Pooling } from '../pooling.ts';

export const avgPool: KernelConfig = forward('AvgPool', pooling2d);
export const avgPool3d: KernelConfig = forward('AvgPool3D', pooling3d);
export const avgPoolGrad: KernelConfig = backward('AvgPoolGrad', 'AvgPool', pooling2d);
export const avgPool3dGrad: KernelConfig = backward('AvgPool3DGrad', 'AvgPool3D', pooling3d);

/** With any padding: the average is over the cells inside, and zero where there are none. */
function forward(name: string, poolingOf: typeof pooling2d): KernelConfig {
  return kernel<'x', AvgPoolAttrs>(name, ({ inputs: { x }, attrs, backend }) => {
    const pooling = poolingOf(x.shape, attrs);
    const empty = emptyOutput(x, pooling);
    if (empty) return empty;
    const averages = backend.executeSingleOutput(name, poolingAttributes(x, pooling), [padded(x, pooling, 0)]);
    return pooling.cells ? divNoNan(averages, shareInside(backend, name, x, pooling)) : averages;
  });
}

function backward(name: string, forwardName: string, poolingOf: typeof pooling2d): KernelConfig {
  return kernel<'dy' | 'input', AvgPoolAttrs>(name, ({ inputs: { dy, input }, attrs, backend }) => {
    const pooling = poolingOf(input.shape, attrs);
    const { cells } = pooling;
    const shape = cells ? input.shape.map((length, i) => length + cells[i]![0] + cells[i]![1]) : input.shape;
    // TensorFlow.js's specs divide by the whole window where the padding is explicit.
    const gradient = cells && !Array.isArray(attrs.pad) ? divNoNan(dy as Tensor, shareInside(backend, forwardName, input, pooling)) : dy;
    const dx = backend.executeSingleOutput(name, poolingAttributes(input, pooling), [tensor1d(shape, 'int32'), gradient]);
    return cells ? slice(dx, cells.map(([before]) => before), input.shape) : dx;
  });
}

/** Of each window, the share that lies inside the input. */
function shareInside(backend: TensorflowBackend, name: string, x: TensorInfo, pooling: Pooling): Tensor {
  return backend.executeSingleOutput(name, poolingAttributes(x, pooling), [padded(ones(x.shape), pooling, 0)]);
}
