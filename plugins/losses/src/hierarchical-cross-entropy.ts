import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy, defineLoss, type LossContext, type LossInput, perSampleOf, type Strategy } from '@kd/core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** Options of the loss {@link hierarchicalCrossEntropy}. */
export interface HierarchicalCrossEntropyOptions {
  /** Label spaces coarser than the term's, the coarsest first, each made of the next. */
  readonly levels: readonly string[];
  /** By how much each finer level counts less: its weight is `e^(−decay · level)`, the coarsest has level 0; default 0.5. */
  readonly decay: number;
}

const options: z.ZodType<HierarchicalCrossEntropyOptions> = z.strictObject({
  levels: z.array(z.string()).min(1),
  decay: z.number().nonnegative().default(0.5),
});

const plain = crossEntropy.create({ labelSmoothing: 0 }, {});

/**
 * Hierarchical cross-entropy (Bertinetto et al., 2020): `−Σ_l λ_l · log p(class at l | class at l − 1)` with
 * `λ_l = e^(−decay · l)`, so that a mistake inside a coarse class costs less than one between them. Every level is seen
 * through the one softmax. A level at which a label has no class is left out for that sample.
 */
export const hierarchicalCrossEntropy: Strategy<'loss', HierarchicalCrossEntropyOptions, {}> = defineLoss({
  name: 'hierarchical-cross-entropy',
  summary: 'Cross-entropy in which mistakes among near classes cost less.',
  options,
  create: ({ levels, decay }) => ({
    role: 'hard',
    label: `HXE(${levels.join(' > ')})`,
    needs: { views: levels },
    compute(input, context) {
      // The conditionals telescope: each level's own cross-entropy counts by how far its weight is above the next one's.
      const above = levels.map((name, level) => {
        const view = input.views![name]!;
        const labels = view.labels(tf.cast(input.labels, 'int32') as Tensor1D);
        return tf.mul(entropyOf({ ...input, student: view.apply(input.student), labels }, context), Math.exp(-decay * level) - Math.exp(-decay * (level + 1)));
      });
      return tf.addN([...above, tf.mul(entropyOf(input, context), Math.exp(-decay * levels.length))]) as Tensor1D;
    },
  }),
});

function entropyOf(input: LossInput, context: LossContext): Tensor1D {
  return perSampleOf(plain.compute(input, context));
}
