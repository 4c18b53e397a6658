import { tensor1d, type Tensor1D } from '@tensorflow/tfjs-core';
import type { Backend } from '../runtime/backend.ts';
import type { StepRandomSource } from '../step/step.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { eagerRandom, type Random } from '../tensor/random.ts';

/** The random numbers of one step, whose parts each draw numbers of their own. */
export interface Drawing {
  /** Goes with the step's other knobs: the key of the part under way, where the backend draws by key. */
  readonly knobs: NamedTensors;
  readonly source: StepRandomSource;
  /** On to the batch's next part. */
  next(): void;
}

/** Where the steps of a training get their random numbers from. */
export interface StepRandom {
  begin(step: number, parts: number): Drawing;
}

/** From keys, where the backend can draw by them: a recording draws new numbers for each key. From the host otherwise. */
export function stepRandomOf(random: Random, backend: Backend | undefined): StepRandom {
  return backend?.random ? keyedRandom(random, backend.random) : hostRandom(random);
}

/** Makes a random source of a step's knobs. */
export function sourceOfKey(draw: NonNullable<Backend['random']>): StepRandomSource {
  return (knobs) => draw(knobs['random'] as Tensor1D);
}

function keyedRandom(random: Random, draw: NonNullable<Backend['random']>): StepRandom {
  const source = sourceOfKey(draw);
  const keyOf = (step: number, part: number): Tensor1D => {
    const stream = random.stream('step-key', step, part);
    return tensor1d(Int32Array.of(stream.int(2 ** 32), stream.int(2 ** 32)), 'int32');
  };
  return {
    begin(step) {
      const knobs: NamedTensors = { random: keyOf(step, 0) };
      let part = 0;
      return {
        knobs, source,
        next() {
          knobs['random']!.dispose();
          knobs['random'] = keyOf(step, ++part);
        },
      };
    },
  };
}

function hostRandom(random: Random): StepRandom {
  return {
    begin(step, parts) {
      const shared = eagerRandom(random, step);
      return { knobs: {}, source: parts === 1 ? () => eagerRandom(random, step) : () => shared, next: () => {} };
    },
  };
}
