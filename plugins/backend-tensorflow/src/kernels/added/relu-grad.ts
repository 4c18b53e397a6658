import { engine, getGradient, registerGradient, Relu, unregisterGradient, type GradConfig, type KernelConfig, type Tensor } from '@tensorflow/tfjs-core';
import { TensorflowBackend } from '../../kernel-backend.ts';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

const NAME = 'ReluGrad';

/** `dy` where `x` is above zero, 0 elsewhere. */
export const reluGrad: KernelConfig = kernel<'dy' | 'x'>(NAME, ({ inputs: { dy, x }, backend }) => backend.executeSingleOutput(NAME, types({ T: 'float32' }), [dy, x]));

const run = (dy: Tensor, x: Tensor): Tensor => engine().runKernel(NAME, { dy, x }) as Tensor;

/** On this backend the gradient of relu is one operation in place of three; gradients are not registered by backend. */
export function registerReluGradient(): void {
  const before = getGradient(Relu);
  replace({
    kernelName: Relu,
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => {
      const x = saved[0]!;
      return engine().backend instanceof TensorflowBackend && x.dtype === 'float32' ? { x: () => run(dy as Tensor, x) } : before.gradFunc(dy, saved, attrs);
    },
  });
  replace({ kernelName: NAME, inputsToSave: ['x'], gradFunc: (ddy, saved) => ({ dy: () => run(ddy as Tensor, saved[0]!), x: () => engine().runKernel('ZerosLike', { x: saved[0]! }) as Tensor }) });
}

function replace(config: GradConfig): void {
  if (getGradient(config.kernelName)) unregisterGradient(config.kernelName);
  registerGradient(config);
}
