import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { BestEpoch } from './best-epoch.ts';
import { meansOf, noSums } from './epoch-means.ts';
import type { Hooks, RunContext } from './hooks.ts';
import { isTapped } from './is-tapped.ts';
import type { TrainMemory } from './train-memory.ts';

/**
 * Closes an epoch: its line of the history, and whether the next one is worth its time.
 *
 * @param weights the student's at the end of the epoch
 */
export async function endEpoch(memory: TrainMemory, context: RunContext, hooks: Hooks, best: BestEpoch | undefined, weights: Readonly<NamedTensors>): Promise<void> {
  const { epoch } = context.progress;
  const numbers = { epoch, step: memory.step, ...meansOf(memory.sums), ...(await best?.judge(epoch, weights)) };
  memory.history.push(numbers);
  memory.sums = noSums;
  memory.best = best?.best;
  if (isTapped(hooks.epochEnd)) await hooks.epochEnd.promise(numbers, context);
  memory.stopped = best?.reasonToStop(epoch) ?? (isTapped(hooks.shouldStop) ? await hooks.shouldStop.promise(numbers, context) : undefined);
}
