import type { Objective } from '../objective/objective.ts';
import type { Training } from '../run/training.ts';

/** Asks for the numbers of the first step of the shortest run, so that one that is none is heard of before anything is trained. */
export function tryNumbers({ hard, soft }: Pick<Objective, 'hard' | 'soft'>, { epochs, schedule }: Pick<Training, 'epochs' | 'schedule'>): void {
  schedule(epochs)(0);
  for (const { loss } of [...hard, ...soft]) loss.knobs?.({ step: 0, steps: epochs, epoch: 0, epochs });
}
