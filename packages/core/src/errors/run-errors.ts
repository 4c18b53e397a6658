import { failure, mistake, type ErrorRow } from './row.ts';
import { listOf, withoutStop } from './wording.ts';

export const runErrors: {
  readonly KD_LOSS_NOT_FINITE: ErrorRow<{ what: string; step: number; terms: string }>;
  readonly KD_TEACHER_NOT_FINITE: ErrorRow<{ teacher: string; row: number; id: string }>;
  readonly KD_TEACHER_SHAPE: ErrorRow<{ teacher: string; expected: readonly number[]; received: readonly number[]; space: string }>;
  readonly KD_TEACHER_UNUSED: ErrorRow<{ teacher: string; terms: readonly string[] }>;
  readonly KD_TEACHER_SOURCE: ErrorRow<{ teacher: string; given: readonly string[] }>;
  readonly KD_TEACHER_OPTIONS: ErrorRow<{ teacher: string; given: readonly string[] }>;
  readonly KD_MODEL_REFERENCE: ErrorRow<{ who: string; received: string }>;
  readonly KD_PREDICT_REFERENCE: ErrorRow<{ who: string; received: string }>;
  readonly KD_STUDENT_GRAPH: ErrorRow<Record<string, never>>;
  readonly KD_TEACHER_CHANGED: ErrorRow<{ teacher: string; id: string; stored: string; answered: string }>;
  readonly KD_TEACHER_FAILED: ErrorRow<{ teacher: string; message: string }>;
  readonly KD_TEACHER_STORED_ONLY: ErrorRow<{ teacher: string }>;
  readonly KD_TEACHER_ANSWER: ErrorRow<{ teacher: string; received: string }>;
  readonly KD_TEACHER_PROBABILITIES: ErrorRow<{ teacher: string }>;
  readonly KD_TEACHER_NOT_PROBABILITIES: ErrorRow<{ teacher: string; id: string; sum: string }>;
  readonly KD_HEAD_UNKNOWN: ErrorRow<{ head: string; known: readonly string[]; who: string }>;
  readonly KD_HEAD_SHAPE: ErrorRow<{ head: string; space: string; expected: number; received: readonly (number | null)[] }>;
  readonly KD_LAYER_UNKNOWN: ErrorRow<{ who: string; layer: string; known: readonly string[] }>;
  readonly KD_LAYER_UNSUPPORTED: ErrorRow<{ who: string; layer: string; why: string }>;
  readonly KD_OBJECTIVE_EMPTY: ErrorRow<{ why: string }>;
  readonly KD_LOSS_NEEDS: ErrorRow<{ term: string; loss: string; needs: string; why: string }>;
  readonly KD_ALPHA_NEEDS: ErrorRow<{ alpha: string; needs: string; why: string }>;
  readonly KD_LOSS_SHAPE: ErrorRow<{ term: string; expected: readonly number[]; received: readonly number[] }>;
  readonly KD_FEATURE_SHAPE: ErrorRow<{ loss: string; student: string; studentShape: readonly number[]; teacher: string; teacherShape: readonly number[]; why: string }>;
  readonly KD_MICRO_BATCH: ErrorRow<{ term: string; strategy: string }>;
  readonly KD_MEMORY_BUDGET: ErrorRow<{ limit: string; needed: string; student: string; row: string; teacher: string }>;
  readonly KD_GRADIENT_MISSING: ErrorRow<{ operation: string }>;
  readonly KD_MEMORY_EXHAUSTED: ErrorRow<{ problem: string }>;
  readonly KD_BACKEND_UNAVAILABLE: ErrorRow<{ backend: string; why: string }>;
  readonly KD_BACKEND_SETTING: ErrorRow<{ backend: string; setting: string; why: string }>;
  readonly KD_RECOMPUTE: ErrorRow<{ model: string; why: string }>;
  readonly KD_STEP_IMPURE: ErrorRow<{ name: string; why: string }>;
  readonly KD_NO_CRYPTO: ErrorRow<Record<string, never>>;
  readonly KD_STOPPED: ErrorRow<{ signal: string; step: number }>;
} = {
  KD_LOSS_NOT_FINITE: failure(
    ({ what, step, terms }) => `${what} is no longer a finite number at step ${step} (${terms}). The weights of the step before are kept. Lower train.optimizer's learningRate, set train.clipNorm, or look at the term that is not finite.`,
    { what: 'The loss', step: 41, terms: 'hard NaN, soft/low 0.31' },
  ),
  KD_TEACHER_NOT_FINITE: failure(
    ({ teacher, row, id }) => `Teacher '${teacher}' answered with NaN or an infinity for sample '${id}' (row ${row} of data.train). Check its weights and its preprocessing.`,
    { teacher: 'low', row: 512, id: 'cat-1.png' },
  ),
  KD_TEACHER_SHAPE: mistake(
    ({ teacher, expected, received, space }) => `Teacher '${teacher}' answers with shape [${received.join(', ')}], but its label space '${space}' needs [${expected.join(', ')}]. Correct \`speaks\`, choose the output that holds the logits, or, where one number stands for two classes, give both in a function that \`predict\` names.`,
    { teacher: 'low', expected: [128, 5], received: [128, 10], space: 'low' },
  ),
  KD_TEACHER_UNUSED: mistake(
    ({ teacher, terms }) => `Teacher '${teacher}' is used by no term of \`soft\` (${listOf(terms)}). Add a term for its label space, or remove the teacher.`,
    { teacher: 'parity', terms: ['low', 'high'] },
  ),
  KD_TEACHER_SOURCE: mistake(
    ({ teacher, given }) => `Teacher '${teacher}' has ${given.length === 0 ? 'no source' : given.join(' and ')}. Give exactly one of \`model\`, \`predict\` and \`source\`; only a \`model\` can be trained.`,
    { teacher: 'low', given: ['model', 'predict'] },
  ),
  KD_TEACHER_OPTIONS: mistake(
    ({ teacher, given }) => `Teacher '${teacher}' has ${listOf(given)} beside its \`source\`, which has options of its own. Write them there: source: ['name', { … }]; only \`preprocess\` stands beside it.`,
    { teacher: 'low', given: ['output'] },
  ),
  KD_MODEL_REFERENCE: mistake(
    ({ who, received }) => `${who}: expected a model, a function that builds one, or a path; received ${received}. A module gives it as its default export.`,
    { who: "teacher 'low'", received: 'undefined' },
  ),
  KD_PREDICT_REFERENCE: mistake(
    ({ who, received }) => `${who}: \`predict\` is ${received}, expected a function of the inputs, or the path of a module. A module gives the function as its default export.`,
    { who: "teacher 'rule'", received: 'undefined' },
  ),
  KD_STUDENT_GRAPH: mistake(() => 'The student is a graph model, whose weights are frozen. Give a layers model; a graph model can be a teacher.', {}),
  KD_TEACHER_CHANGED: failure(
    ({ teacher, id, stored, answered }) => `The distillation data does not belong to teacher '${teacher}' or to these samples: for sample '${id}' it holds ${stored}, the teacher answers ${answered}. Delete \`distillation-data\` and \`units/train-teachers-${teacher}.*\` in the run's folder, and run again.`,
    { teacher: 'low', id: '12', stored: '3.1', answered: '-0.4' },
  ),
  KD_TEACHER_FAILED: failure(
    ({ teacher, message }) => `Teacher '${teacher}' failed while it answered: ${withoutStop(message)}. What was answered before is kept; mend the teacher and run the same command again.`,
    { teacher: 'low', message: 'fetch failed' },
  ),
  KD_TEACHER_STORED_ONLY: mistake(
    ({ teacher }) => `Teacher '${teacher}' has stored answers only, so it cannot answer live. Choose a \`memory\` policy with stored teachers.`,
    { teacher: 'old' },
  ),
  KD_TEACHER_ANSWER: mistake(
    ({ teacher, received }) => `Teacher '${teacher}' answered with ${received}, expected a tensor [batch, classes] or tensors by name. Return it from \`predict\`.`,
    { teacher: 'rule', received: 'undefined' },
  ),
  KD_TEACHER_PROBABILITIES: mistake(
    ({ teacher }) => `Teacher '${teacher}' answers with probabilities (rows sum to 1), but logits are expected. Set \`gives: 'probabilities'\` for it.`,
    { teacher: 'low' },
  ),
  KD_TEACHER_NOT_PROBABILITIES: mistake(
    ({ teacher, id, sum }) => `Teacher '${teacher}' should give probabilities, but those for sample '${id}' sum to ${sum} (what is below 0 counts as 0), expected 1. Correct \`gives\`, or what the teacher answers.`,
    { teacher: 'low', id: 'cat-1.png', sum: '1.8' },
  ),
  KD_HEAD_UNKNOWN: mistake(
    ({ head, known, who }) => `${who} has no output or layer '${head}'; it has ${listOf(known)}. Correct the name, in \`heads\` of the student or in \`output\` of a teacher.`,
    { head: 'logits', known: ['dense_2'], who: 'The student' },
  ),
  KD_HEAD_SHAPE: mistake(
    ({ head, space, expected, received }) => `Head '${head}' gives [${received.map((d) => d ?? 'batch').join(', ')}], but label space '${space}' has ${expected} classes. Change the layer's units or the label space.`,
    { head: 'logits', space: 'digit', expected: 10, received: [null, 5] },
  ),
  KD_LAYER_UNKNOWN: mistake(
    ({ who, layer, known }) => `${who} has no layer '${layer}'; its layers are ${listOf(known, 30)}. Correct the layer's name.`,
    { who: 'The student', layer: 'conv9', known: ['conv1', 'dense'] },
  ),
  KD_LAYER_UNSUPPORTED: mistake(
    ({ who, layer, why }) => `${who}: layer '${layer}' cannot be trained here: ${why}.`,
    { who: 'The student', layer: 'lstm', why: 'recurrent dropout draws its own random numbers; set recurrentDropout to 0' },
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
  KD_MEMORY_BUDGET: mistake(
    ({ limit, needed, student, row, teacher }) => `The memory budget of ${limit} is too small: about ${needed} are needed even with one row at once (the model that is trained ${student}, a row ${row}, the largest teacher ${teacher}). Raise \`limit\`, or use a smaller student or teacher.`,
    { limit: '64.00 MB', needed: '71.00 MB', student: '10.00 MB', row: '1.00 MB', teacher: '60.00 MB' },
  ),
  KD_GRADIENT_MISSING: mistake(
    ({ operation }) => `A layer of a model that is trained, or a loss, uses '${operation}', of which TensorFlow.js has no gradient. Compute it from other operations; run again with --debug to see what it was asked by.`,
    { operation: 'TopK' },
  ),
  KD_MEMORY_EXHAUSTED: failure(
    ({ problem }) => `Memory ran out, and the memory policy has no smaller plan: ${problem}. Raise the policy's limit if it has one, take another with fewer rows at once (\`@kd/plugin-gpu-memory\` has some), or a smaller student or teacher.`,
    { problem: 'A compiled function ran out of memory: 8032040 bytes more than the 12096092 that are held would pass the limit of 20000000 bytes' },
  ),
  KD_BACKEND_UNAVAILABLE: mistake(
    ({ backend, why }) => `Backend '${backend}' cannot be used here: ${why}. Choose another \`backend\`, or 'auto'.`,
    { backend: 'wasm', why: 'this runtime has no WebAssembly' },
  ),
  KD_BACKEND_SETTING: mistake(
    ({ backend, setting, why }) => `Backend '${backend}' cannot have ${setting}: ${why}. Take the setting out of \`memory\` or \`backend\`, or choose another backend.`,
    { backend: 'wasm', setting: "device 'gpu:1'", why: 'it has no settings' },
  ),
  KD_RECOMPUTE: mistake(
    ({ model, why }) => `Activations of model '${model}' cannot be recomputed: ${why}. Remove \`recompute\` from \`memory\`; micro-batches save memory too.`,
    { model: 'student', why: 'no layer lies between all of its inputs and all of its outputs' },
  ),
  KD_STEP_IMPURE: failure(
    ({ name, why }) => `Cannot compile ${name}: ${why}. Let numbers that change come in as knobs, and random ones from the source that is given; or remove the backend's \`impure: 'stop'\`, and it runs eagerly.`,
    { name: 'the training step', why: 'it reads the values of a tensor, which a recording does not have, at compute (acme/loss.ts:12:34)' },
  ),
  KD_NO_CRYPTO: mistake(() => 'This page has no `crypto.subtle`, which kd hashes models and data with. Use https, or localhost, to serve it.', {}),
  KD_STOPPED: failure(
    ({ signal, step }) => `Stopped by ${signal} after step ${step}; everything up to here is saved. Run the same command to go on from here.`,
    { signal: 'SIGINT', step: 1200 },
  ),
};
