import type { Dataset } from '../data/dataset.ts';
import { kdError, type KdError } from '../errors/kd-error.ts';
import { disposeAll } from '../tensor/named-tensors.ts';
import type { BatchMaker } from './batch-maker.ts';
import type { PlannedStep } from './step-planner.ts';

/** Says why a step's loss is no number: a sample, a teacher, or the loss itself. Looks at data only now that it failed. */
export async function notFinite(
  stats: Readonly<Record<string, number>>,
  { sampled, labels, context }: PlannedStep,
  dataset: Dataset,
  maker: BatchMaker,
): Promise<KdError> {
  const { layout, tensors } = await maker.make(sampled, labels, context);
  const rows = await tensors['rows']!.data();
  try {
    for (const [name, tensor] of Object.entries(tensors)) {
      const [kind, owner] = name.split('/') as [string, string];
      if (kind !== 'inputs' && kind !== 'signals') continue;
      const values = await tensor.data();
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad < 0) continue;
      const width = tensor.size / tensor.shape[0]!;
      const row = rows[Math.floor(bad / width) + (kind === 'signals' ? layout.transfer![0] : 0)]!;
      if (kind === 'signals') return kdError('KD_TEACHER_NOT_FINITE', { teacher: owner, row, id: dataset.id(row) });
      return kdError('KD_DATA_NOT_FINITE', { where: `Input '${owner}' of sample '${dataset.id(row)}',`, row, value: String(values[bad]) });
    }
  } finally {
    disposeAll(tensors);
  }
  const terms = Object.entries(stats).filter(([name]) => name.startsWith('term/') || name === 'gradientNorm').map(([name, value]) => `${name.replace('term/', '')} ${value}`);
  return kdError('KD_LOSS_NOT_FINITE', { what: Number.isFinite(stats['loss']) ? 'The gradient' : 'The loss', step: context.progress.step, terms: terms.join(', ') });
}
