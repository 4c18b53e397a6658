import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { kdError } from '../errors/kd-error.ts';
import { normalQuantile } from './normal-quantile.ts';
import { philox } from './philox.ts';
import { sizeOfShape } from './size-of-shape.ts';

const WORDS = 2 ** 32;

/** Random tensors inside a step. Asking for the same purpose again in the same step gives fresh numbers. */
export interface RandomSource {
  /** float32 in [0, 1). */
  uniform(shape: readonly number[], purpose: string): Tensor;
  /** float32, mean 0, standard deviation 1. */
  normal(shape: readonly number[], purpose: string): Tensor;
  /** A source of its own that draws what this one would draw from here on. */
  fork(): RandomSource;
}

/**
 * The one source of random numbers. A draw depends on the seed, its purpose and its counters (epoch, sample, …) and on
 * nothing else: not on what was drawn before, not on the machine, not on whether the run was resumed.
 */
export class Random {
  /** A whole number from 0 to 2⁵³ − 1; others throw `KD_NUMBER`. */
  readonly seed: number;

  constructor(seed: number) {
    this.seed = wholeNumber('A random seed', seed);
  }

  /** The numbers for a purpose, from their beginning: `random.stream('shuffle', epoch)`. */
  stream(purpose: string, ...counters: readonly number[]): RandomStream {
    return new RandomStream(identify(this.seed, purpose, counters));
  }
}

/** A sequence of random numbers. Every method goes on where the one before it ended. */
export class RandomStream {
  readonly #identity: Uint32Array;
  readonly #block: Uint32Array = new Uint32Array(4);
  #blocks = 0;
  #next = 4;

  /** @param identity 128 bits that name the sequence. */
  constructor(identity: Uint32Array) {
    this.#identity = identity;
  }

  /** In [0, 1), a multiple of 2⁻³². */
  uniform(): number {
    return this.#word() / WORDS;
  }

  /** A whole number in [0, below), each equally likely; `below` from 1 to 2³². */
  int(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > WORDS) {
      throw kdError('KD_NUMBER', { what: 'The bound of a random whole number', expected: 'a whole number from 1 to 2^32', received: below });
    }
    // Words above the last whole multiple of `below` are drawn again: they would favour small results.
    const fair = WORDS - (WORDS % below);
    let word = this.#word();
    while (word >= fair) word = this.#word();
    return word % below;
  }

  /** Normally distributed, mean 0, standard deviation 1; at most 6.4 in size. */
  normal(): number {
    return normalQuantile((this.#word() + 0.5) / WORDS);
  }

  /** 0 … n − 1 in random order (Fisher and Yates; Durstenfeld, 1964). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, index) => index);
    for (let last = n - 1; last > 0; last--) {
      const chosen = this.int(last + 1);
      const value = order[last]!;
      order[last] = order[chosen]!;
      order[chosen] = value;
    }
    return order;
  }

  /** Fills with numbers in [0, 1), rounded down so that none becomes 1 in float32. Returns `out`. */
  fillUniform(out: Float32Array): Float32Array {
    for (let index = 0; index < out.length; index++) out[index] = (this.#word() >>> 8) / 2 ** 24;
    return out;
  }

  /** Fills with what {@link normal} gives. Returns `out`. */
  fillNormal(out: Float32Array): Float32Array {
    for (let index = 0; index < out.length; index++) out[index] = this.normal();
    return out;
  }

  #word(): number {
    if (this.#next === 4) {
      const id = this.#identity;
      philox(id[0]!, id[1]!, this.#blocks++, 0, id[2]!, id[3]!, this.#block, 0);
      this.#next = 0;
    }
    return this.#block[this.#next++]!;
  }
}

/**
 * Random tensors made on the host, for backends that run a step eagerly. Make one for each step and keep it for the
 * whole step, micro-batches included.
 */
export function eagerRandom(random: Random, step: number): RandomSource {
  return drawnOnHost(random, step, new Map());
}

/** @param asked how often each purpose was asked for before */
function drawnOnHost(random: Random, step: number, asked: Map<string, number>): RandomSource {
  const stream = (purpose: string): RandomStream => {
    const before = asked.get(purpose) ?? 0;
    asked.set(purpose, before + 1);
    return random.stream(`step/${purpose}`, step, before);
  };
  const room = (shape: readonly number[]): Float32Array => new Float32Array(sizeOfShape(shape));
  return {
    uniform: (shape, purpose) => tensor(stream(purpose).fillUniform(room(shape)), [...shape]),
    normal: (shape, purpose) => tensor(stream(purpose).fillNormal(room(shape)), [...shape]),
    fork: () => drawnOnHost(random, step, new Map(asked)),
  };
}

/** Chains seed, purpose and counters through the generator, lengths first, so that no two requests read alike. */
function identify(seed: number, purpose: string, counters: readonly number[]): Uint32Array {
  const words = [purpose.length, counters.length, 0, 0];
  for (let index = 0; index < purpose.length; index++) words.push(purpose.charCodeAt(index));
  for (const counter of counters) words.push(wholeNumber(`A counter of the random stream '${purpose}'`, counter), counter / WORDS);
  const state = new Uint32Array(4);
  for (let at = 0; at < words.length; at += 4) {
    const [c0, c1, c2, c3] = [0, 1, 2, 3].map((lane) => state[lane]! ^ (words[at + lane] ?? 0));
    philox(seed, seed / WORDS, c0!, c1!, c2!, c3!, state, 0);
  }
  return state;
}

function wholeNumber(what: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw kdError('KD_NUMBER', { what, expected: 'a whole number from 0 to 2^53 - 1', received: value });
}
