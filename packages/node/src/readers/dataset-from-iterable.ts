import { expectUniqueIds, kdError, sizeOf, type Dataset, type InputSpec, type LabelSpacesConfig } from '@kd/core';
import { sha256 } from '../files/hash.ts';
import { inputColumn, type InputColumn, type RawInput } from './input-column.ts';
import { labelColumn, type LabelColumn, type RawLabel } from './label-column.ts';

/** One sample as plain numbers and names. */
export interface Sample {
  /** Names the sample for good; unique. A number is taken as its text. */
  readonly id: string | number;
  /** By input: a number, or nested or flat lists of them. */
  readonly inputs: Readonly<Record<string, RawInput>>;
  /** By label space: a class by name or index, the values of a regression, or null (as good as absent) for no label. */
  readonly labels?: Readonly<Record<string, RawLabel>>;
}

/** How {@link datasetFromIterable} reads the samples. */
export interface IterableOptions {
  /** Label spaces as the config declares them. A space that is not among them takes its classes from the data, sorted. */
  readonly spaces?: LabelSpacesConfig;
  /** Shapes and types of inputs, where they are not those of the first sample as float32. */
  readonly inputs?: Readonly<Record<string, { readonly shape?: readonly number[]; readonly dtype?: InputSpec['dtype'] }>>;
  /** What the data is called in messages. Default 'The data'. */
  readonly name?: string;
  /** Where the sample read last stands, for messages: 'train.csv line 12'. Default: name and row. */
  readonly where?: (row: number) => string;
}

/**
 * A data set from samples that come one after the other, kept in memory as float32 (or int32). The base of the CSV and
 * JSONL readers, and the door for every other format.
 *
 * @throws KD_DATA_EMPTY, KD_DATA_DUPLICATE_ID, KD_DATA_ROW (a missing input, another shape, no number),
 * KD_DATA_NOT_FINITE, KD_DATA_LABEL_RANGE, KD_LABEL_UNKNOWN
 */
export async function datasetFromIterable(samples: AsyncIterable<Sample> | Iterable<Sample>, options: IterableOptions = {}): Promise<Dataset> {
  const { spaces = {}, name = 'The data' } = options;
  const whereOf = options.where ?? ((row: number) => `${name} row ${row}`);
  const ids: string[] = [];
  let inputs: Map<string, InputColumn> | undefined;
  const labels = new Map<string, LabelColumn>();
  for await (const sample of samples) {
    const row = ids.length;
    const where = whereOf(row);
    ids.push(idOf(sample, where));
    inputs ??= new Map(Object.keys(sample.inputs).map((input) => [input, inputColumn(input, options.inputs?.[input])]));
    expectSameInputs(sample, inputs, where);
    for (const [input, column] of inputs) column.add(sample.inputs[input]!, where);
    for (const space of Object.keys(sample.labels ?? {})) {
      if (labels.has(space)) continue;
      const column = labelColumn(space, spaces);
      for (let before = 0; before < row; before++) column.add(null, before, where);
      labels.set(space, column);
    }
    for (const [space, column] of labels) column.add(sample.labels?.[space], row, where);
  }
  if (!inputs) throw kdError('KD_DATA_EMPTY', { what: name });
  expectUniqueIds(ids, name);
  return finish(ids, inputs, labels, spaces);
}

function finish(ids: readonly string[], inputs: ReadonlyMap<string, InputColumn>, labels: ReadonlyMap<string, LabelColumn>, declared: LabelSpacesConfig): Dataset {
  const columns = new Map([...inputs].map(([input, column]) => [input, column.finish()]));
  const labelled = [...labels].map(([space, column]) => ({ space, ...column.finish() }));
  const found = labelled.flatMap(({ space, classes }) => (classes ? [[space, classes] as const] : []));
  const spaces = { ...declared, ...Object.fromEntries(found) };
  const parts = [ids.join('\n')];
  for (const [input, { spec, values }] of columns) parts.push(input, spec.dtype, spec.shape.join(), hashOf(values));
  return {
    size: ids.length,
    id: (row) => ids[row]!,
    inputs: Object.fromEntries([...columns].map(([input, { spec }]) => [input, spec])),
    labels: Object.fromEntries(labelled.map(({ space, labels: values }) => [space, values])),
    ...(Object.keys(spaces).length > 0 ? { spaces } : {}),
    hash: sha256(JSON.stringify(parts)),
    read(input, rows, out) {
      const { spec, values } = columns.get(input)!;
      const width = sizeOf(spec);
      for (let i = 0; i < rows.length; i++) out.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
    },
  };
}

function idOf(sample: Sample, where: string): string {
  const { id, inputs, labels } = (sample ?? {}) as Partial<Sample>;
  const name = typeof id === 'number' && Number.isFinite(id) ? String(id) : id;
  const problem = typeof name !== 'string' || name === '' ? `its id is ${JSON.stringify(id)}, expected a name or a number`
    : typeof inputs !== 'object' || inputs === null || Object.keys(inputs).length === 0 ? 'it has no inputs'
    : labels !== undefined && (typeof labels !== 'object' || labels === null) ? `its labels are ${JSON.stringify(labels)}, expected one by label space`
    : undefined;
  if (problem !== undefined) throw kdError('KD_DATA_ROW', { where, problem });
  return name as string;
}

function expectSameInputs(sample: Sample, inputs: ReadonlyMap<string, InputColumn>, where: string): void {
  const missing = [...inputs.keys()].find((input) => !Object.hasOwn(sample.inputs, input));
  if (missing !== undefined) throw kdError('KD_DATA_ROW', { where, problem: `input '${missing}' is missing` });
  const extra = Object.keys(sample.inputs).find((input) => !inputs.has(input));
  if (extra !== undefined) throw kdError('KD_DATA_ROW', { where, problem: `it has an input '${extra}' that the first row has not` });
}

function hashOf(values: Float32Array | Int32Array): string {
  return sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
