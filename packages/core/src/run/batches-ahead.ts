import type { SampledRows } from '../data/sampler.ts';
import type { Batch } from '../step/batch.ts';
import { disposeAll } from '../tensor/named-tensors.ts';
import type { BatchMaker } from './batch-maker.ts';
import type { RunContext } from './hooks.ts';
import type { PlannedStep } from './step-planner.ts';

type Labels = Parameters<BatchMaker['make']>[1];

/** Batches, of which the next may be made while a step still runs. */
export class BatchesAhead {
  readonly #maker: BatchMaker;
  #next: { readonly sampled: SampledRows; readonly labels: Labels; readonly batch: Batch } | undefined;

  constructor(maker: BatchMaker) {
    this.#maker = maker;
  }

  /** Makes the batch that will probably be asked for next. Where that fails, it is made again when it is needed, and says so then. */
  async makeNext({ sampled, labels, context }: Pick<PlannedStep, 'sampled' | 'labels' | 'context'>): Promise<void> {
    this.dispose();
    try {
      this.#next = { sampled, labels, batch: await this.#maker.make(sampled, labels, context) };
    } catch {
      this.#next = undefined;
    }
  }

  /** As {@link BatchMaker.make}: the batch made ahead, where it is of these rows. */
  async make(sampled: SampledRows, labels: Labels, context: RunContext): Promise<Batch> {
    const next = this.#next;
    if (next && next.labels === labels && sameRows(next.sampled, sampled)) {
      this.#next = undefined;
      return next.batch;
    }
    this.dispose();
    return this.#maker.make(sampled, labels, context);
  }

  /** Frees a batch that nobody came for. */
  dispose(): void {
    if (this.#next) disposeAll(this.#next.batch.tensors);
    this.#next = undefined;
  }
}

/** Whether the same draw of the sampler is meant, with the same sides of it. */
export function sameRows(a: SampledRows, b: SampledRows): boolean {
  const same = (one: Int32Array, other: Int32Array): boolean => one === other || (one.length === 0 && other.length === 0);
  return a.joint === b.joint && same(a.labelled, b.labelled) && same(a.transfer, b.transfer);
}
