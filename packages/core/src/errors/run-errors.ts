import { failure, mistake, type ErrorRow } from './row.ts';
import { listOf } from './wording.ts';

export const runErrors: {
  readonly KD_MODEL_REFERENCE: ErrorRow<{ who: string; received: string }>;
  readonly KD_STUDENT_GRAPH: ErrorRow<Record<string, never>>;
  readonly KD_HEAD_UNKNOWN: ErrorRow<{ head: string; known: readonly string[]; who: string }>;
  readonly KD_HEAD_SHAPE: ErrorRow<{ head: string; space: string; expected: number; received: readonly (number | null)[] }>;
  readonly KD_LAYER_UNKNOWN: ErrorRow<{ who: string; layer: string; known: readonly string[] }>;
  readonly KD_LAYER_UNSUPPORTED: ErrorRow<{ who: string; layer: string; why: string }>;
  readonly KD_MEMORY_BUDGET: ErrorRow<{ limit: string; needed: string; student: string; row: string; teacher: string }>;
  readonly KD_MEMORY_EXHAUSTED: ErrorRow<{ problem: string }>;
  readonly KD_BACKEND_UNAVAILABLE: ErrorRow<{ backend: string; why: string }>;
  readonly KD_BACKEND_SETTING: ErrorRow<{ backend: string; setting: string; why: string }>;
  readonly KD_RECOMPUTE: ErrorRow<{ model: string; why: string }>;
  readonly KD_NO_CRYPTO: ErrorRow<Record<string, never>>;
  readonly KD_STOPPED: ErrorRow<{ signal: string; step: number }>;
} = {
  KD_MODEL_REFERENCE: mistake(
    ({ who, received }) => `${who}: expected a model, a function that builds one, or a path; received ${received}. A module gives it as its default export.`,
    { who: "teacher 'low'", received: 'undefined' },
  ),
  KD_STUDENT_GRAPH: mistake(() => 'The student is a graph model, whose weights are frozen. Give a layers model; a graph model can be a teacher.', {}),
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
  KD_MEMORY_BUDGET: mistake(
    ({ limit, needed, student, row, teacher }) => `The memory budget of ${limit} is too small: about ${needed} are needed even with one row at once (the model that is trained ${student}, a row ${row}, the largest teacher ${teacher}). Raise \`limit\`, or use a smaller student or teacher.`,
    { limit: '64.00 MB', needed: '71.00 MB', student: '10.00 MB', row: '1.00 MB', teacher: '60.00 MB' },
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
  KD_NO_CRYPTO: mistake(() => 'This page has no `crypto.subtle`, which kd hashes models and data with. Use https, or localhost, to serve it.', {}),
  KD_STOPPED: failure(
    ({ signal, step }) => `Stopped by ${signal} after step ${step}; everything up to here is saved. Run the same command to go on from here.`,
    { signal: 'SIGINT', step: 1200 },
  ),
};
