import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RandomSource } from '../tensor/random.ts';
import type { LayerVariable } from './layers.ts';
import { replaceLayers } from './replace-layers.ts';

/** What a call under way lends to the model's layers. */
export interface CallScope {
  readonly weights: ReadonlyMap<LayerVariable, Tensor>;
  /** What the layers have written; kept, and the call's to free. */
  readonly updates: Map<LayerVariable, Tensor>;
  readonly random: RandomSource | undefined;
}

/** Puts scopes in place for a model's variables and replaced layers. */
export interface Lending {
  /** Runs a part of the model with this scope in place; scopes may lie in each other. */
  within<T>(scope: CallScope, body: () => T): T;
  /** Whether a call is under way. */
  active(): boolean;
}

const lendings = new WeakMap<LayersModel, Lending>();

/** What makes a layers model lend weights to calls, prepared once: the same model may come again, in the next run. */
export function lendingOf(model: LayersModel): Lending {
  const known = lendings.get(model);
  if (known) return known;
  let running: CallScope | undefined;
  const lending: Lending = {
    within(scope, body) {
      const before = running;
      running = scope;
      try {
        return body();
      } finally {
        running = before;
      }
    },
    active: () => running !== undefined,
  };
  for (const variable of model.weights) lend(variable, () => running);
  replaceLayers(model, () => running);
  lendings.set(model, lending);
  return lending;
}

/** Makes a variable read from and write to the call under way, when there is one that lends it a tensor. */
function lend(variable: LayerVariable, scope: () => CallScope | undefined): void {
  const read = variable.read.bind(variable);
  const write = variable.write.bind(variable);
  variable.read = () => {
    const running = scope();
    return (running?.updates.get(variable) ?? running?.weights.get(variable) ?? read()) as tf.Variable;
  };
  variable.write = (value) => {
    const running = scope();
    if (!running?.weights.has(variable)) return write(value);
    // A layer writes inside a scope of its own; the value has to outlive it.
    running.updates.set(variable, tf.keep(tf.clone(value)));
    return variable;
  };
}
