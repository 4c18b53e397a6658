import { failure, mistake, type ErrorRow } from './row.ts';
import { listOf, withoutStop } from './wording.ts';

export const teacherErrors: {
  readonly KD_TEACHER_NOT_FINITE: ErrorRow<{ teacher: string; row: number; id: string }>;
  readonly KD_TEACHER_SHAPE: ErrorRow<{ teacher: string; expected: readonly number[]; received: readonly number[]; space: string }>;
  readonly KD_TEACHER_UNUSED: ErrorRow<{ teacher: string; terms: readonly string[] }>;
  readonly KD_TEACHER_SOURCE: ErrorRow<{ teacher: string; given: readonly string[] }>;
  readonly KD_TEACHER_OPTIONS: ErrorRow<{ teacher: string; given: readonly string[] }>;
  readonly KD_PREDICT_REFERENCE: ErrorRow<{ who: string; received: string }>;
  readonly KD_TEACHER_CHANGED: ErrorRow<{ teacher: string; id: string; stored: string; answered: string }>;
  readonly KD_TEACHER_SOURCE_FAILED: ErrorRow<{ teacher: string; source: string; message: string }>;
  readonly KD_TEACHER_FAILED: ErrorRow<{ teacher: string; message: string }>;
  readonly KD_TEACHER_STORED_ONLY: ErrorRow<{ teacher: string }>;
  readonly KD_TEACHER_ANSWER: ErrorRow<{ teacher: string; received: string }>;
  readonly KD_TEACHER_PROBABILITIES: ErrorRow<{ teacher: string }>;
  readonly KD_TEACHER_NOT_PROBABILITIES: ErrorRow<{ teacher: string; id: string; sum: string }>;
  readonly KD_REMOTE_SETUP: ErrorRow<{ teacher: string; problem: string; next: string }>;
  readonly KD_REMOTE_AWAY: ErrorRow<{ teacher: string; server: string; tries: number; problem: string }>;
  readonly KD_REMOTE_REFUSED: ErrorRow<{ teacher: string; server: string; status: number; problem: string; next: string }>;
  readonly KD_REMOTE_ANSWER: ErrorRow<{ teacher: string; server: string; problem: string }>;
  readonly KD_REMOTE_CHANGED: ErrorRow<{ teacher: string; server: string; problem: string }>;
} = {
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
  KD_PREDICT_REFERENCE: mistake(
    ({ who, received }) => `${who}: \`predict\` is ${received}, expected a function of the inputs, or the path of a module. A module gives the function as its default export.`,
    { who: "teacher 'rule'", received: 'undefined' },
  ),
  KD_TEACHER_CHANGED: failure(
    ({ teacher, id, stored, answered }) => `The distillation data does not belong to teacher '${teacher}' or to these samples: for sample '${id}' it holds ${stored}, the teacher answers ${answered}. Delete \`distillation-data\` and \`units/train-teachers-${teacher}.*\` in the run's folder, and run again.`,
    { teacher: 'low', id: '12', stored: '3.1', answered: '-0.4' },
  ),
  KD_TEACHER_SOURCE_FAILED: failure(
    ({ teacher, source, message }) => `Teacher '${teacher}' could not be opened: its source '${source}' failed: ${withoutStop(message)}. Mend what it names, and run the same command again.`,
    { teacher: 'low', source: 'remote', message: 'connect ECONNREFUSED 127.0.0.1:8080' },
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
  KD_REMOTE_SETUP: mistake(
    ({ teacher, problem, next }) => `Teacher '${teacher}' cannot be asked: ${withoutStop(problem)}. ${next}`,
    { teacher: 'cats', problem: 'the environment variable CATS_TOKEN, for the header authorization, is not set', next: 'Set it where kd is started.' },
  ),
  KD_REMOTE_AWAY: failure(
    ({ teacher, server, tries, problem }) => `Teacher '${teacher}' gives no answer at ${server} (${tries === 1 ? 'tried once' : `tried ${tries} times`}): ${withoutStop(problem)}. Check that the server runs and can be reached from here. What was answered before is kept; run the same command again.`,
    { teacher: 'cats', server: 'https://models.example.org/cats:predict', tries: 4, problem: 'connect ECONNREFUSED 192.0.2.7:443' },
  ),
  KD_REMOTE_REFUSED: mistake(
    ({ teacher, server, problem, next }) => `Teacher '${teacher}': ${server} refuses the request: ${withoutStop(problem)}. ${next}`,
    { teacher: 'cats', server: 'https://models.example.org/cats:predict', status: 401, problem: 'status 401', next: 'Check the `headers` that carry the key.' },
  ),
  KD_REMOTE_ANSWER: failure(
    ({ teacher, server, problem }) => `Teacher '${teacher}': what ${server} answers is not used: ${withoutStop(problem)}. Check \`url\` and \`protocol\` of its source, and the server's log. What was answered before is kept.`,
    { teacher: 'cats', server: 'https://models.example.org/cats:predict', problem: 'it is text/html, expected application/json' },
  ),
  KD_REMOTE_CHANGED: failure(
    ({ teacher, server, problem }) => `Teacher '${teacher}': another model answers at ${server} than at the beginning of the run: ${withoutStop(problem)}. Let one version answer until the run is done, and run the same command again: what the other one has answered is asked for anew.`,
    { teacher: 'cats', server: 'https://models.example.org/cats:predict', problem: 'its version is 8, expected 7' },
  ),
};
