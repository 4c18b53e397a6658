import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { lstm } from '../tensor/lstm.ts';
import type { LayerVariable } from './layers.ts';
import type { LayerLike, Replacement } from './replacement.ts';

interface LstmLayer extends LayerLike {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly cell: {
    readonly kernel: LayerVariable;
    readonly recurrentKernel: LayerVariable;
    readonly bias: LayerVariable | null;
    readonly activation: { getClassName(): string };
    readonly recurrentActivation: { getClassName(): string };
    readonly dropout: number;
    readonly recurrentDropout: number;
  };
}

/**
 * An LSTM as one operation; see {@link lstm}. One with other activations or dropout, one that keeps or tells its state, and
 * a call with a mask or a state to begin with are computed by the layer itself.
 */
export const lstmLayer: Replacement = (candidate) => {
  if (candidate.getClassName() !== 'LSTM') return undefined;
  const { cell, returnSequences: sequences, returnState, goBackwards: backwards, stateful } = candidate as LstmLayer;
  const gate = cell.recurrentActivation.getClassName();
  if (cell.activation.getClassName() !== 'tanh' || (gate !== 'sigmoid' && gate !== 'hardSigmoid')) return undefined;
  if (cell.dropout > 0 || cell.recurrentDropout > 0 || returnState || stateful) return undefined;
  return (x, { plain }) => {
    if (!plain || x.rank !== 3 || x.shape[1] === 0 || x.dtype !== 'float32') return undefined;
    return tf.tidy(() => {
      const [kernel, recurrentKernel, bias] = [cell.kernel, cell.recurrentKernel, cell.bias].map((variable) => variable?.read() as Tensor | undefined);
      return lstm(x as Tensor3D, { kernel: kernel as Tensor2D, recurrentKernel: recurrentKernel as Tensor2D, bias: bias as Tensor1D | undefined }, { gate, sequences, backwards });
    });
  };
};
