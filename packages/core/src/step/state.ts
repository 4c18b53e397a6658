import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Model } from '../model/model.ts';
import type { LossFacts, StateEntry } from '../objective/loss.ts';
import type { Objective } from '../objective/objective.ts';
import type { Random } from '../tensor/random.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { sizeOfShape } from '../tensor/size-of-shape.ts';
import { slotName } from './apply.ts';
import type { Optimizer } from './optimizers/optimizer.ts';

/** The state before the first step, and which of its entries receive gradients. */
export interface InitialState {
  readonly state: NamedTensors;
  readonly trainable: readonly string[];
}

/**
 * Every named tensor that training changes: `student/<variable>`, `loss/<term>/<name>`, `alpha/<name>` and
 * `optimizer/<slot>/<weight>`.
 */
export function initialState(student: Model, objective: Objective, optimizer: Optimizer, random: Random, factsOf: (term: string) => LossFacts): InitialState {
  const state: NamedTensors = {};
  const trainable: string[] = [];
  const values = student.values();
  for (const { name, trainable: learns } of student.variables) {
    state[`student/${name}`] = values[name]!;
    if (learns) trainable.push(`student/${name}`);
  }
  for (const { name, loss } of [...objective.hard, ...objective.soft]) {
    for (const [entry, spec] of Object.entries(loss.state?.(factsOf(name)) ?? {})) {
      const key = `loss/${name}/${entry}`;
      state[key] = makeEntry(spec, random, key);
      if (spec.trainable) trainable.push(key);
    }
  }
  for (const [name, initial] of Object.entries(objective.alpha.learned?.initial ?? {})) {
    state[`alpha/${name}`] = tf.tensor1d([...initial]);
    trainable.push(`alpha/${name}`);
  }
  for (const name of trainable) {
    for (const slot of optimizer.slots) state[slotName(slot, name)] = optimizer.initialSlot?.(slot, state[name]!) ?? tf.zerosLike(state[name]!);
  }
  return { state, trainable };
}

function makeEntry({ shape, initial }: StateEntry, random: Random, key: string): Tensor {
  const size = sizeOfShape(shape);
  const values = new Float32Array(size);
  if (typeof initial === 'number') values.fill(initial);
  else if (initial === 'glorot') fillUniform(values, Math.sqrt(6 / fans(shape)), random, key);
  else if (typeof initial === 'object' && 'uniform' in initial) {
    const [low, high] = initial.uniform;
    random.stream(key).fillUniform(values);
    for (let i = 0; i < size; i++) values[i] = low + values[i]! * (high - low);
  } else if (typeof initial === 'object') values.set(initial.values);
  return tf.tensor(values, shape as number[]);
}

function fillUniform(values: Float32Array, bound: number, random: Random, key: string): void {
  random.stream(key).fillUniform(values);
  for (let i = 0; i < values.length; i++) values[i] = (2 * values[i]! - 1) * bound;
}

/** Fan-in plus fan-out of a weight whose last two dimensions are inputs and outputs. */
function fans(shape: readonly number[]): number {
  return sizeOfShape(shape.slice(0, -2)) * ((shape.at(-2) ?? 1) + (shape.at(-1) ?? 1));
}
