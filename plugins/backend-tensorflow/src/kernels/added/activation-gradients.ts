import { engine, getGradient, mul, registerGradient, Relu, Sigmoid, sub, Tanh, unregisterGradient, zerosLike, type GradConfig, type KernelConfig, type Tensor } from '@tensorflow/tfjs-core';
import { TensorflowBackend } from '../../kernel-backend.ts';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** An activation whose gradient TensorFlow has as one operation, of `y`, what the activation gave, and `dy`. */
interface Activation {
  readonly name: string;
  readonly gradient: string;
  /** The order in which the operation takes them. */
  readonly inputs: readonly ['dy', 'y'] | readonly ['y', 'dy'];
  /** The derivative of the operation's result by `y`. */
  readonly slope: (dy: Tensor, y: Tensor) => Tensor;
}

const activations: readonly Activation[] = [
  { name: Relu, gradient: 'ReluGrad', inputs: ['dy', 'y'], slope: (dy) => zerosLike(dy) },
  { name: Sigmoid, gradient: 'SigmoidGrad', inputs: ['y', 'dy'], slope: (dy, y) => mul(dy, sub(1, mul(y, 2))) },
  { name: Tanh, gradient: 'TanhGrad', inputs: ['y', 'dy'], slope: (dy, y) => mul(mul(dy, y), -2) },
];

export const activationGradients: readonly KernelConfig[] = activations.map(({ gradient, inputs: order }) =>
  kernel<'dy' | 'y'>(gradient, ({ inputs, backend }) => backend.executeSingleOutput(gradient, types({ T: 'float32' }), order.map((name) => inputs[name]))));

/**
 * On this backend the gradient of an activation is one operation in place of two or three; gradients are not registered by
 * backend. It asks for what the activation gave, not for what it was given: nobody else needs that, so a recording can join
 * it to the layer before.
 */
export function registerActivationGradients(): void {
  for (const { name, gradient, slope } of activations) {
    const run = (dy: Tensor, y: Tensor): Tensor => engine().runKernel(gradient, { dy, y }) as Tensor;
    const before = getGradient(name);
    replace({
      kernelName: name,
      outputsToSave: [true],
      gradFunc: (dy, saved, attrs) => {
        const y = saved[0]!;
        return engine().backend instanceof TensorflowBackend && y.dtype === 'float32' ? { x: () => run(dy as Tensor, y) } : before.gradFunc(dy, saved, attrs);
      },
    });
    replace({
      kernelName: gradient,
      inputsToSave: ['dy', 'y'],
      gradFunc: (ddy, [dy, y]) => ({ dy: () => run(ddy as Tensor, y!), y: () => mul(ddy as Tensor, slope(dy!, y!)) }),
    });
  }
}

function replace(config: GradConfig): void {
  if (getGradient(config.kernelName)) unregisterGradient(config.kernelName);
  registerGradient(config);
}
