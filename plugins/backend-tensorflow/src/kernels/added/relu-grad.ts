import { engine, getGradient, registerGradient, Relu, unregisterGradient, type GradConfig, type KernelConfig, type Tensor } from '@tensorflow/tfjs-core';
import { TensorflowBackend } from '../../kernel-backend.ts';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

const NAME = 'ReluGrad';

/** `dy` where `y`, what relu gave, is above zero; 0 elsewhere. */
export const reluGrad: KernelConfig = kernel<'dy' | 'y'>(NAME, ({ inputs: { dy, y }, backend }) => backend.executeSingleOutput(NAME, types({ T: 'float32' }), [dy, y]));

const run = (dy: Tensor, y: Tensor): Tensor => engine().runKernel(NAME, { dy, y }) as Tensor;

/**
 * On this backend the gradient of relu is one operation in place of three; gradients are not registered by backend. It asks
 * for what relu gave, not for what it was given: nobody else needs that, so a recording can join it to the layer before.
 */
export function registerReluGradient(): void {
  const before = getGradient(Relu);
  replace({
    kernelName: Relu,
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const y = saved[0]!;
      return engine().backend instanceof TensorflowBackend && y.dtype === 'float32' ? { x: () => run(dy as Tensor, y) } : before.gradFunc(dy, saved, attrs);
    },
  });
  replace({ kernelName: NAME, inputsToSave: ['y'], gradFunc: (ddy, saved) => ({ dy: () => run(ddy as Tensor, saved[0]!), y: () => engine().runKernel('ZerosLike', { x: saved[0]! }) as Tensor }) });
}

function replace(config: GradConfig): void {
  if (getGradient(config.kernelName)) unregisterGradient(config.kernelName);
  registerGradient(config);
}
