import { failure, mistake, type ErrorRow } from './row.ts';

export const objectiveErrors: {
  readonly KD_LOSS_NOT_FINITE: ErrorRow<{ what: string; step: number; terms: string }>;
  readonly KD_OBJECTIVE_EMPTY: ErrorRow<{ why: string }>;
  readonly KD_LOSS_NEEDS: ErrorRow<{ term: string; loss: string; needs: string; why: string }>;
  readonly KD_ALPHA_NEEDS: ErrorRow<{ alpha: string; needs: string; why: string }>;
  readonly KD_LOSS_SHAPE: ErrorRow<{ term: string; expected: readonly number[]; received: readonly number[] }>;
  readonly KD_FEATURE_SHAPE: ErrorRow<{ loss: string; student: string; studentShape: readonly number[]; teacher: string; teacherShape: readonly number[]; why: string }>;
  readonly KD_MICRO_BATCH: ErrorRow<{ term: string; strategy: string }>;
  readonly KD_GRADIENT_MISSING: ErrorRow<{ operation: string }>;
  readonly KD_STEP_IMPURE: ErrorRow<{ name: string; why: string }>;
} = {
  KD_LOSS_NOT_FINITE: failure(
    ({ what, step, terms }) => `${what} is no longer a finite number at step ${step} (${terms}). The weights of the step before are kept. Lower train.optimizer's learningRate, set train.clipNorm, or look at the term that is not finite.`,
    { what: 'The loss', step: 41, terms: 'hard NaN, soft/low 0.31' },
  ),
  KD_OBJECTIVE_EMPTY: mistake(
    ({ why }) => `There is nothing to learn from: ${why}. Give labels, teachers or both.`,
    { why: 'no sample has a label and there are no teachers' },
  ),
  KD_LOSS_NEEDS: mistake(
    ({ term, loss, needs, why }) => `Term '${term}': the loss '${loss}' needs ${needs}, but ${why}. Provide it, or choose another loss.`,
    { term: 'hint', loss: 'fitnet', needs: "features of teacher 'big'", why: 'stored predictions hold logits only' },
  ),
  KD_ALPHA_NEEDS: mistake(
    ({ alpha, needs, why }) => `The α scheduler '${alpha}' needs ${needs}, but ${why}. Choose another \`alpha\`, or give it what it needs.`,
    { alpha: 'teacher-correct', needs: "teachers that speak all the classes of the student's first head", why: 'none of the granularities has them' },
  ),
  KD_LOSS_SHAPE: mistake(
    ({ term, expected, received }) => `Term '${term}': the loss returned shape [${received.join(', ')}], expected one value per sample [${expected.join(', ')}]. Do not average in the loss; the core does.`,
    { term: 'low', expected: [96], received: [] },
  ),
  KD_FEATURE_SHAPE: mistake(
    ({ loss, student, studentShape, teacher, teacherShape, why }) => `The loss '${loss}' compares the student's layer '${student}' of shape [${studentShape.join(', ')}] with the teacher's layer '${teacher}' of shape [${teacherShape.join(', ')}], but ${why}. Choose another layer.`,
    { loss: 'fitnet', student: 'conv2', studentShape: [14, 14, 16], teacher: 'conv5', teacherShape: [7, 7, 64], why: 'their heights and widths differ' },
  ),
  KD_MICRO_BATCH: mistake(
    ({ term, strategy }) => `${term}: '${strategy}' looks at a batch as a whole, so micro-batches would change it. Use whole batches, or another strategy.`,
    { term: 'relations', strategy: 'rkd' },
  ),
  KD_GRADIENT_MISSING: mistake(
    ({ operation }) => `A layer of a model that is trained, or a loss, uses '${operation}', of which TensorFlow.js has no gradient. Compute it from other operations; run again with --debug to see what it was asked by.`,
    { operation: 'TopK' },
  ),
  KD_STEP_IMPURE: failure(
    ({ name, why }) => `Cannot compile ${name}: ${why}. Let numbers that change come in as knobs, and random ones from the source that is given; or remove the backend's \`impure: 'stop'\`, and it runs eagerly.`,
    { name: 'the training step', why: 'it reads the values of a tensor, which a recording does not have, at compute (acme/loss.ts:12:34)' },
  ),
};
