import { mistake, type ErrorRow } from './row.ts';
import { listOf } from './wording.ts';

export const dataErrors: {
  readonly KD_DATA_REFERENCE: ErrorRow<{ where: string; received: string }>;
  readonly KD_DATA_ARRAY: ErrorRow<{ what: string; expected: string; received: string; next: string }>;
  readonly KD_DATA_EMPTY: ErrorRow<{ what: string }>;
  readonly KD_DATA_LENGTH: ErrorRow<{ what: string; expected: number; received: number }>;
  readonly KD_DATA_DUPLICATE_ID: ErrorRow<{ id: string; rows: readonly number[]; where: string }>;
  readonly KD_DATA_LABEL_SPACE: ErrorRow<{ where: string; space: string; found: string; declared: string }>;
  readonly KD_DATA_LABEL_RANGE: ErrorRow<{ where: string; row?: number; value: string; space: string; classes: number }>;
  readonly KD_DATA_NOT_FINITE: ErrorRow<{ where: string; row?: number; value: string }>;
  readonly KD_DATA_INPUT_MISSING: ErrorRow<{ who: string; input: string; known: readonly string[] }>;
  readonly KD_DATA_INPUT_SHAPE: ErrorRow<{ who: string; input: string; expected: readonly (number | null)[]; received: readonly number[] }>;
  readonly KD_DATA_LABELS_MISSING: ErrorRow<{ space: string; known: readonly string[]; who: string }>;
  readonly KD_DATA_LABELLED_TOO_MANY: ErrorRow<{ asked: number; available: number }>;
  readonly KD_VALIDATION_MISSING: ErrorRow<{ where: string }>;
  readonly KD_DATA_ROW: ErrorRow<{ where: string; problem: string }>;
  readonly KD_DATA_COLUMN: ErrorRow<{ file: string; column: string; known: readonly string[] }>;
  readonly KD_DATA_IMAGE: ErrorRow<{ file: string; problem: string; next: string }>;
  readonly KD_DATA_FOLDER: ErrorRow<{ folder: string; problem: string }>;
} = {
  KD_DATA_REFERENCE: mistake(
    ({ where, received }) => `${where}: expected a data set, a reader as 'name' or ['name', options], or a module's path; received ${received}. \`fromArrays\` makes a data set of arrays; a module gives it, or a function that returns it, as its default export.`,
    { where: 'data.train', received: 'undefined' },
  ),
  KD_DATA_ARRAY: mistake(
    ({ what, expected, received, next }) => `${what}: expected ${expected}, received ${received}. ${next}`,
    { what: "Labels of 'side'", expected: 'a class index a sample', received: '"west" at 0', next: 'Names of classes are counted from 0, in the order of the label space: names.indexOf(name).' },
  ),
  KD_DATA_EMPTY: mistake(({ what }) => `${what} holds no samples. Point it at data with at least one sample.`, { what: 'data.train' }),
  KD_DATA_LENGTH: mistake(
    ({ what, expected, received }) => `${what} has ${received} values, expected ${expected}. Check its shape and the number of samples.`,
    { what: "input 'x'", expected: 120, received: 118 },
  ),
  KD_DATA_DUPLICATE_ID: mistake(
    ({ id, rows, where }) => `Two samples of ${where} have the id '${id}' (rows ${rows.join(' and ')}). Ids name samples in the distillation data: make them unique.`,
    { id: 'cat-1.png', rows: [3, 17], where: 'data.train' },
  ),
  KD_DATA_LABEL_SPACE: mistake(
    ({ where, space, found, declared }) => `${where} says of label space '${space}': ${found}; \`labels.${space}\` says: ${declared}. Make them the same, classes in the same order.`,
    { where: 'data.train', space: 'pet', found: "'cat' in 'wild'", declared: "'cat' in 'tame'" },
  ),
  KD_DATA_LABEL_RANGE: mistake(
    ({ where, row, value, space, classes }) => `${placeOf(where, row)}: label ${value} is outside label space '${space}' (0 to ${classes - 1}, or -1 for no label). Correct the label or the label space.`,
    { where: 'data.train', row: 12, value: '10', space: 'digit', classes: 10 },
  ),
  KD_DATA_NOT_FINITE: mistake(
    ({ where, row, value }) => `${placeOf(where, row)} holds ${value}. Remove or repair the sample; kd never trains on values that are no numbers.`,
    { where: "data.train input 'image'", row: 7, value: 'NaN' },
  ),
  KD_DATA_INPUT_MISSING: mistake(
    ({ who, input, known }) => `${who} reads the input '${input}', which the data does not have (it has ${listOf(known)}). Name the inputs in the data or set \`inputs\` of ${who}.`,
    { who: "teacher 'text'", input: 'tokens', known: ['image'] },
  ),
  KD_DATA_INPUT_SHAPE: mistake(
    ({ who, input, expected, received }) => `${who} takes '${input}' as [${expected.map((d) => d ?? '?').join(', ')}], but the data has [${received.join(', ')}] per sample. Add a \`preprocess\` to it or change the data's shape.`,
    { who: "teacher 'low'", input: 'image', expected: [784], received: [28, 28, 1] },
  ),
  KD_DATA_LABELS_MISSING: mistake(
    ({ space, known, who }) => `${who} needs labels of '${space}'; the data has labels for ${listOf(known)}. Add them, or relate '${space}' to one of these with \`of\`.`,
    { space: 'digit', known: [], who: "teacher 'low' (training)" },
  ),
  KD_DATA_LABELLED_TOO_MANY: mistake(
    ({ asked, available }) => `data.labelled asks for ${asked} labelled samples, but only ${available} samples have a label. Ask for fewer or add labels.`,
    { asked: 200, available: 150 },
  ),
  KD_VALIDATION_MISSING: mistake(
    ({ where }) => `\`${where}\` needs samples that judge each epoch, but there is no \`data.validation\`. Add it: samples with labels, or the share of data.train's labels that is to be held back, such as 0.1.`,
    { where: 'train.patience' },
  ),
  KD_DATA_ROW: mistake(
    ({ where, problem }) => `${where}: ${problem}. Correct or remove this row.`,
    { where: 'data/train.csv line 12', problem: "column 'width' is empty" },
  ),
  KD_DATA_COLUMN: mistake(
    ({ file, column, known }) => `${file} has no column '${column}' (it has ${listOf(known)}). Correct the name.`,
    { file: 'data/train.csv', column: 'widht', known: ['id', 'width'] },
  ),
  KD_DATA_IMAGE: mistake(
    ({ file, problem, next }) => `${file} ${problem}. ${next}`,
    { file: 'data/cat/1.png', problem: 'is 32 x 32, expected 28 x 28', next: 'kd does not resize: bring all images to one size first.' },
  ),
  KD_DATA_FOLDER: mistake(
    ({ folder, problem }) => `${folder} is no image folder: ${problem}. Lay it out as class/name.png, or as coarse/fine/name.png for a hierarchy.`,
    { folder: 'data/train', problem: "'animals' holds both images and folders" },
  ),
};

/** A file's line says it all; elsewhere the row is counted. */
function placeOf(where: string, row: number | undefined): string {
  return row === undefined ? where : `${where} row ${row}`;
}
