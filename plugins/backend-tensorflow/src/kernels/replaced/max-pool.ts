import { slice, type KernelConfig, type MaxPoolAttrs, type Tensor } from '@tensorflow/tfjs-core';
import { kernel } from '../kernel.ts';
import { emptyOutput, padded, pooling2d, pooling3d, poolingAttributes } from '../pooling.ts';

export const maxPool: KernelConfig = forward('MaxPool', pooling2d);
export const maxPool3d: KernelConfig = forward('MaxPool3D', pooling3d);
export const maxPoolGrad: KernelConfig = backward('MaxPoolGrad', pooling2d);
export const maxPool3dGrad: KernelConfig = backward('MaxPool3DGrad', pooling3d);

/** With any padding: what lies outside is less than every value. */
function forward(name: string, poolingOf: typeof pooling2d): KernelConfig {
  return kernel<'x', MaxPoolAttrs>(name, ({ inputs: { x }, attrs, backend }) => {
    const pooling = poolingOf(x.shape, attrs);
    return emptyOutput(x, pooling) ?? backend.executeSingleOutput(name, poolingAttributes(x, pooling), [padded(x, pooling, -Infinity)]);
  });
}

function backward(name: string, poolingOf: typeof pooling2d): KernelConfig {
  return kernel<'dy' | 'input' | 'output', MaxPoolAttrs>(name, ({ inputs: { dy, input, output }, attrs, backend }) => {
    const pooling = poolingOf(input.shape, attrs);
    const attributes = poolingAttributes(input, pooling);
    // The gradient in three dimensions also asks for the type of its input.
    if (name === 'MaxPool3DGrad') attributes.push({ ...attributes[0]!, name: 'TInput' });
    const gradient = backend.executeSingleOutput(name, attributes, [padded(input, pooling, -Infinity), output, dy]);
    return pooling.cells ? slice(gradient as Tensor, pooling.cells.map(([before]) => before), input.shape) : gradient;
  });
}
