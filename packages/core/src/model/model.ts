import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { RandomSource } from '../tensor/random.ts';
import { sizeOfShape } from '../tensor/size-of-shape.ts';

/** One tensor that a model owns. */
export interface Variable {
  /** Stable across processes, e.g. `0.kernel`. */
  readonly name: string;
  /** `[]` for a single number. */
  readonly shape: readonly number[];
  /** It receives gradients; else only a call in training changes it, e.g. the averages of a batch norm. */
  readonly trainable: boolean;
}

export interface ModelInput {
  readonly name: string;
  /** Without the batch; null where any size fits. */
  readonly shape: readonly (number | null)[];
  readonly dtype: 'float32' | 'int32';
}

export interface CallOptions {
  /** Batch norm uses the batch's own statistics and moves its averages; dropout drops. */
  readonly training: boolean;
  /** Names of outputs or layers whose values are wanted. */
  readonly outputs: readonly string[];
  /** Needed by dropout and noise in training. */
  readonly random?: RandomSource;
}

export interface CallResult {
  /** `[batch, ...]` by the name that was asked for. */
  readonly outputs: NamedTensors;
  /** New values of variables that change without a gradient, e.g. batch-norm averages. */
  readonly updates: NamedTensors;
}

/** A model that recomputes. */
export interface Recomputing {
  readonly model: Model;
  /** Numbers that its activations hold at once for each row, about. */
  readonly heldPerRow: number;
}

/**
 * A model as a pure function of its weights: what a student is to the step, and a trained teacher to its source.
 * {@link fromLayersModel} makes one of any TensorFlow.js layers model; anything that keeps this contract will do.
 */
export interface Model {
  readonly name: string;
  /** In the order of the model's own. */
  readonly inputs: readonly ModelInput[];
  /** Names of the outputs, in order. */
  readonly outputs: readonly string[];
  /** Names that {@link call} may be asked for besides the outputs. */
  readonly layers: readonly string[];
  /** All of them, trained and not, in an order that stays. */
  readonly variables: readonly Variable[];
  /** Shape without the batch of an output or a layer; undefined when there is none of that name. */
  shapeOf(name: string): readonly (number | null)[] | undefined;
  /** Says that an output's logits are wanted: a softmax that ends it is left out inside {@link call}. */
  wantLogits(name: string): void;
  /** Copies of the weights as they are now. The caller disposes them. */
  values(): NamedTensors;
  /** Writes trained weights back. */
  assign(values: Readonly<NamedTensors>): void;
  /** Pure: the weights come in, the results come out. `weights` left out means the model's own. */
  call(inputs: Readonly<NamedTensors>, options: CallOptions, weights?: Readonly<NamedTensors>): CallResult;
  /**
   * The same model, whose calls in training do not keep all activations but compute them again in the backward pass; or why
   * it cannot. Gradients are the same; none flow to its inputs.
   *
   * @param outputs what the calls will want
   */
  recomputing?(outputs: readonly string[]): Recomputing | { readonly why: string };
  /** Moves the weights to the host's memory, until {@link unpark}; nothing of the model is left on the backend. */
  park?(): Promise<void>;
  /** Brings the weights back. */
  unpark?(): void;
  /** Layers, settings and connections as plain data, the same in every process: part of the model's hash. */
  describe?(): unknown;
  /** The layers model behind it, where there is one: what is saved and shipped. */
  readonly layersModel?: LayersModel;
}

/** The number of trained and untrained numbers in a model. */
export function parametersOf(model: Pick<Model, 'variables'>): number {
  return model.variables.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);
}
