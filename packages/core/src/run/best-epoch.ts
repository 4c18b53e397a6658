import * as tf from '@tensorflow/tfjs-core';
import { disposeAll, under, withPrefix, type NamedTensors } from '../tensor/named-tensors.ts';
import type { Score } from './evaluate.ts';
import type { Numbers } from './hooks.ts';

/** How a model is judged between its epochs, on samples that it does not learn from. */
export interface Validation {
  /** Judges the model with these weights. */
  readonly judge: (weights: Readonly<NamedTensors>) => Promise<Score>;
  /** Training ends with the weights of the best epoch, not with those of the last. */
  readonly keepsBest: boolean;
  /** Training ends after so many epochs without a better one. */
  readonly patience?: number | undefined;
}

/** The best epoch so far, as plain data. */
export interface Best {
  /** From 0. */
  readonly epoch: number;
  readonly score: Score;
}

/** Among a snapshot's tensors, the weights of the best epoch stand below this. */
const KEPT = 'best';

/** Judges a training's epochs and remembers the best of them. Of equal ones the first is the best. */
export class BestEpoch {
  readonly #validation: Validation;
  #best: Best | undefined;
  #kept: NamedTensors;
  #numbers: Numbers = {};

  /**
   * @param best what was remembered when a snapshot was saved
   * @param restored the snapshot's tensors; those that are its own are taken out
   */
  constructor(validation: Validation, best?: Best, restored: NamedTensors = {}) {
    this.#validation = validation;
    this.#best = best;
    this.#kept = under(restored, KEPT);
    for (const name in this.#kept) delete restored[`${KEPT}/${name}`];
  }

  get best(): Best | undefined {
    return this.#best;
  }

  /** The epoch whose weights training ends with, where those are the best one's. */
  get keptEpoch(): number | undefined {
    return this.#validation.keepsBest ? this.#best?.epoch : undefined;
  }

  /** The numbers of the epoch that was judged last. */
  get numbers(): Numbers {
    return this.#numbers;
  }

  /** What a snapshot has to hold besides the training's state. */
  get tensors(): NamedTensors {
    return withPrefix(KEPT, this.#kept);
  }

  /** The numbers of an epoch. @param weights as they are at its end; they are not consumed */
  async judge(epoch: number, weights: Readonly<NamedTensors>): Promise<Numbers> {
    const score = await this.#validation.judge(weights);
    if (isBetter(score, this.#best?.score)) this.#keep({ epoch, score }, weights);
    const { accuracy, meanSquaredError } = score;
    this.#numbers = accuracy === undefined ? { validationError: meanSquaredError! } : { validationAccuracy: accuracy };
    return this.#numbers;
  }

  /** Why training should end after this epoch. */
  reasonToStop(epoch: number): string | undefined {
    const { patience } = this.#validation;
    const since = epoch - (this.#best?.epoch ?? -1);
    return patience !== undefined && since >= patience ? `no better for ${patience === 1 ? 'an epoch' : `${patience} epochs`}` : undefined;
  }

  /** The weights to end with. @param last those of the last epoch */
  weights(last: Readonly<NamedTensors>): Readonly<NamedTensors> {
    return this.keptEpoch === undefined ? last : this.#kept;
  }

  dispose(): void {
    disposeAll(this.#kept);
  }

  #keep(best: Best, weights: Readonly<NamedTensors>): void {
    this.#best = best;
    if (!this.#validation.keepsBest) return;
    disposeAll(this.#kept);
    this.#kept = Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, tf.clone(tensor)]));
  }
}

function isBetter(score: Score, than: Score | undefined): boolean {
  const value = goodness(score);
  return !Number.isNaN(value) && (than === undefined || value > goodness(than));
}

/** Higher is better. */
function goodness({ accuracy, meanSquaredError }: Score): number {
  return accuracy ?? -meanSquaredError!;
}
