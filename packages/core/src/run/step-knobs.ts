import { scalar } from '@tensorflow/tfjs-core';
import type { AlphaValue } from '../objective/alpha.ts';
import type { Objective } from '../objective/objective.ts';
import type { Progress } from '../objective/progress.ts';
import type { Optimizer } from '../step/optimizers/optimizer.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { Numbers } from './hooks.ts';

export interface KnobInputs {
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  readonly alpha: AlphaValue;
  /** Samples that each term covers in the whole batch. */
  readonly counts: Readonly<Record<string, number>>;
  readonly progress: Progress;
}

/** Every scalar that changes from step to step, as numbers. */
export function stepKnobs({ objective, optimizer, learningRate, alpha, counts, progress }: KnobInputs): Record<string, number> {
  const knobs: Record<string, number> = { alpha: alpha.alpha, learningRate };
  for (const { name, weight } of objective.soft) {
    if (alpha.trust || weight !== 1) knobs[`trust/${name}`] = weight * (alpha.trust?.[name] ?? 1);
  }
  for (const name in counts) knobs[`count/${name}`] = Math.max(1, counts[name]!);
  for (const { name, loss } of [...objective.hard, ...objective.soft]) {
    for (const [knob, value] of Object.entries(loss.knobs?.(progress) ?? {})) knobs[`loss/${name}/${knob}`] = value;
  }
  for (const [knob, value] of Object.entries(optimizer.knobs?.(progress.step + 1) ?? {})) knobs[`optimizer/${knob}`] = value;
  return knobs;
}

/** Knobs as scalar tensors; a tensor is made anew only when its number has changed. */
export class KnobTensors {
  #numbers: Numbers = {};
  #tensors: NamedTensors = {};

  of(numbers: Numbers): Readonly<NamedTensors> {
    for (const name in this.#tensors) if (!(name in numbers)) this.#drop(name);
    for (const name in numbers) {
      if (this.#numbers[name] === numbers[name] && this.#tensors[name]) continue;
      this.#drop(name);
      this.#tensors[name] = scalar(numbers[name]!);
    }
    this.#numbers = numbers;
    return this.#tensors;
  }

  dispose(): void {
    for (const name in this.#tensors) this.#drop(name);
    this.#numbers = {};
  }

  #drop(name: string): void {
    this.#tensors[name]?.dispose();
    delete this.#tensors[name];
  }
}
