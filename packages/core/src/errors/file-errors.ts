import { failure, mistake, type ErrorRow } from './row.ts';
import { listOf, withoutStop } from './wording.ts';

export const fileErrors: {
  readonly KD_FILE_MISSING: ErrorRow<{ file: string; what: string }>;
  readonly KD_FILE_TRUNCATED: ErrorRow<{ file: string; expected: number; received: number }>;
  readonly KD_DISK: ErrorRow<{ file: string; reason: string; next: string }>;
  readonly KD_FILE_UNREADABLE: ErrorRow<{ file: string; reason: string }>;
  readonly KD_FILE_INVALID: ErrorRow<{ file: string; expected: string; problem: string }>;
  readonly KD_FILE_DAMAGED: ErrorRow<{ file: string; problem: string; next: string }>;
  readonly KD_FILE_UNSAFE: ErrorRow<{ file: string; path: string; why: string }>;
  readonly KD_FILE_TOO_LARGE: ErrorRow<{ file: string; bytes: number; most: number }>;
  readonly KD_RUN_LOCKED: ErrorRow<{ folder: string; pid: number; host: string; next: string }>;
  readonly KD_OUTPUT_NOT_OURS: ErrorRow<{ folder: string; why: string }>;
  readonly KD_CHECKPOINT_DAMAGED: ErrorRow<{ folder: string; skipped: readonly string[] }>;
  readonly KD_CHECKPOINT_NOT_FINITE: ErrorRow<{ tensor: string; index: number; value: string }>;
  readonly KD_STORE_MISMATCH: ErrorRow<{ folder: string; what: string; expected: string; received: string }>;
  readonly KD_STORE_TEACHER_UNKNOWN: ErrorRow<{ folder: string; teacher: string; known: readonly string[] }>;
  readonly KD_STORE_KEY_UNKNOWN: ErrorRow<{ folder: string; teacher: string; key: string; known: readonly string[] }>;
  readonly KD_STORE_INCOMPLETE: ErrorRow<{ folder: string; teacher: string; expected: number; received: number }>;
  readonly KD_STORE_ID_UNKNOWN: ErrorRow<{ folder: string; id: string }>;
  readonly KD_STORE_VALUE: ErrorRow<{ teacher: string; key: string; id: string; problem: string }>;
  readonly KD_ARGUMENT: ErrorRow<{ call: string; problem: string }>;
  readonly KD_MODEL_INVALID: ErrorRow<{ file: string; problem: string }>;
  readonly KD_MODEL_CLASS_UNKNOWN: ErrorRow<{ file: string; className: string; known: readonly string[] }>;
  readonly KD_MODEL_PART: ErrorRow<{ model: string; what: string; name: string; known: readonly string[] }>;
  readonly KD_FILE_FOREIGN: ErrorRow<{ file: string; who: string; next: string }>;
  readonly KD_MODULE_FAILED: ErrorRow<{ file: string; who: string; message: string }>;
} = {
  KD_FILE_MISSING: mistake(
    ({ file, what }) => `${what} not found at ${file}. Check the path; relative paths start at the config file's folder, in a program at its working folder.`,
    { file: 'data/train.csv', what: 'Data file' },
  ),
  KD_FILE_TRUNCATED: mistake(
    ({ file, expected, received }) => `${file} is ${received} bytes long, expected ${expected}. Copy or download it again.`,
    { file: 'train-images.idx', expected: 47040016, received: 1024 },
  ),
  KD_DISK: failure(
    ({ file, reason, next }) => `Could not write ${file}: ${reason}. ${next}`,
    { file: 'runs/a/checkpoint', reason: 'no space left on the device', next: 'What was saved before is intact: free some space and run the same command again.' },
  ),
  KD_FILE_UNREADABLE: mistake(
    ({ file, reason }) => `Could not read ${file}: ${reason}. Check the path and its permissions.`,
    { file: 'data/train.csv', reason: 'permission denied' },
  ),
  KD_FILE_INVALID: mistake(
    ({ file, expected, problem }) => `${file} is no valid ${expected}: ${problem}. Check that it is the file you meant, or write it again.`,
    { file: 'weights.safetensors', expected: 'safetensors file', problem: "tensor 'w' overlaps 'b'" },
  ),
  KD_FILE_DAMAGED: failure(
    ({ file, problem, next }) => `${file} is damaged: ${problem}. ${next}`,
    { file: 'store/t-low-00003.safetensors', problem: 'its sha256 is not the recorded one', next: 'Fill the distillation data again: only damaged parts are written anew.' },
  ),
  KD_FILE_UNSAFE: mistake(
    ({ file, path, why }) => `${file} refers to '${path}': ${why}. Put the weights into the model's own folder, as plain files.`,
    { file: 'models/low/model.json', path: '../secret.bin', why: 'it leaves the folder' },
  ),
  KD_FILE_TOO_LARGE: mistake(
    ({ file, bytes, most }) => `${file} needs ${bytes} bytes, more than the limit of ${most}. Raise the limit if the file is meant.`,
    { file: 'models/low/model.json', bytes: 9e9, most: 4e9 },
  ),
  KD_RUN_LOCKED: mistake(
    ({ folder, pid, host, next }) => `${folder} is in use by process ${pid} on ${host}. ${next}`,
    { folder: 'runs/a', pid: 4711, host: 'workstation', next: 'Wait for it, stop it, or choose another folder.' },
  ),
  KD_OUTPUT_NOT_OURS: mistake(
    ({ folder, why }) => `${folder} cannot be the output folder: ${why}. Name a new or empty folder, or one that kd made; kd never overwrites or deletes other files.`,
    { folder: 'photos', why: "it holds other files ('cat.png')" },
  ),
  KD_CHECKPOINT_DAMAGED: failure(
    ({ folder, skipped }) => `No usable checkpoint in ${folder}: ${listOf(skipped, 4)}. Restore one from a backup, or start afresh in another folder.`,
    { folder: 'runs/a/checkpoints', skipped: ['generation 7: 7.safetensors has another sha256'] },
  ),
  KD_CHECKPOINT_NOT_FINITE: failure(
    ({ tensor, index, value }) => `Not saved: '${tensor}' holds ${value} at position ${index}. The last checkpoint is intact; lower the learning rate or clip the gradients.`,
    { tensor: 'student/dense/kernel', index: 12, value: 'NaN' },
  ),
  KD_STORE_MISMATCH: mistake(
    ({ folder, what, expected, received }) => `The distillation data in ${folder} belongs to other input: ${what} is ${received}, expected ${expected}. Use another folder, or fill it again.`,
    { folder: 'distillation-data', what: "the hash of teacher 'low'", expected: '9f86d081', received: '60303ae2' },
  ),
  KD_STORE_TEACHER_UNKNOWN: mistake(
    ({ folder, teacher, known }) => `The distillation data in ${folder} has nothing of teacher '${teacher}' (it has ${listOf(known)}). Fill it with this teacher first.`,
    { folder: 'distillation-data', teacher: 'low', known: ['high'] },
  ),
  KD_STORE_KEY_UNKNOWN: mistake(
    ({ folder, teacher, key, known }) => `The distillation data in ${folder} has no '${key}' of teacher '${teacher}' (it has ${listOf(known)}). Fill it again with '${key}' asked for.`,
    { folder: 'distillation-data', teacher: 'low', key: 'features/conv2', known: ['logits'] },
  ),
  KD_STORE_INCOMPLETE: mistake(
    ({ folder, teacher, expected, received }) => `The distillation data in ${folder} holds ${received} of ${expected} answers of teacher '${teacher}'. Run the distillation-data stage again: it goes on where it stopped.`,
    { folder: 'distillation-data', teacher: 'low', expected: 60000, received: 4096 },
  ),
  KD_STORE_ID_UNKNOWN: mistake(
    ({ folder, id }) => `The distillation data in ${folder} has no sample '${id}'. Fill it for the data set in use.`,
    { folder: 'distillation-data', id: 'cat-1.png' },
  ),
  KD_STORE_VALUE: failure(
    ({ teacher, key, id, problem }) => `Teacher '${teacher}' cannot be stored: its '${key}' for sample '${id}' ${problem}. Store it as float32, or look at the teacher and the sample.`,
    { teacher: 'low', key: 'logits', id: 'cat-1.png', problem: 'is 1e6, too large for float16' },
  ),
  KD_ARGUMENT: mistake(
    ({ call, problem }) => `${call} was called with something that it cannot use: ${problem}. Correct the call in your program.`,
    { call: 'store.read', problem: 'row 12 of 10 samples' },
  ),
  KD_MODEL_INVALID: mistake(
    ({ file, problem }) => `The model ${file} cannot be loaded: ${problem}. Convert or save it again.`,
    { file: 'models/low/model.json', problem: "weight 'dense/kernel' is missing" },
  ),
  KD_MODEL_CLASS_UNKNOWN: mistake(
    ({ file, className, known }) => `The model ${file} uses '${className}', which TensorFlow.js does not know. Register it with serialization.registerClass before loading, or save the model without it; known: ${listOf(known, 8)}.`,
    { file: 'models/low/model.json', className: 'Lambda', known: ['Dense', 'Conv2D'] },
  ),
  KD_MODEL_PART: mistake(
    ({ model, what, name, known }) => `${model} has no ${what} '${name}'; it has ${listOf(known)}. Name one of them in the teacher's source.`,
    { model: 'The SavedModel teachers/cats', what: 'signature', name: 'predict', known: ['serving_default'] },
  ),
  KD_FILE_FOREIGN: mistake(
    ({ file, who, next }) => `${who}: ${file} is nothing that kd opens, expected a model.json, a folder that holds one, or a module (.ts, .js). ${next}`,
    { file: 'teachers/low.pt', who: "teacher 'low'", next: 'Ask it in a function that `predict` names, or store its answers for `stored-predictions`.' },
  ),
  KD_MODULE_FAILED: mistake(
    ({ file, who, message }) => `${who}: ${file} could not be loaded: ${withoutStop(message)}. Run with --debug to see where.`,
    { file: 'teachers/low.ts', who: "teacher 'low'", message: "Cannot find module './layers'" },
  ),
};
