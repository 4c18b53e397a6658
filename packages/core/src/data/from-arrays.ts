import { kdError } from '../errors/kd-error.ts';
import { shown } from '../errors/shown.ts';
import { sizeOf, type Dataset, type InputSpec } from './dataset.ts';
import { expectArray } from './expect-array.ts';
import { expectFinite, expectUniqueIds } from './expect-samples.ts';

export interface ArrayInput {
  /** Shape of one sample, without the batch. */
  readonly shape: readonly number[];
  /** All samples one after the other, `samples × shape` values. */
  readonly values: ArrayLike<number>;
  /** Default `float32`; `int32` for indices, e.g. of words. */
  readonly dtype?: 'float32' | 'int32';
}

export interface ArrayData {
  /** At least one, by name, all of the same number of samples. */
  readonly inputs: Readonly<Record<string, ArrayInput>>;
  /** One class index a sample (-1: no label), or the values of a regression, by label space. */
  readonly labels?: Readonly<Record<string, ArrayLike<number>>>;
  /** Unique names of the samples; their positions when left out. */
  readonly ids?: readonly string[];
}

/** Samples from this many values on are copied as a whole where they can be. */
const WIDE = 16;

/**
 * A data set from plain arrays.
 *
 * @throws KD_DATA_ARRAY for what is no array of numbers, KD_DATA_LENGTH, KD_DATA_NOT_FINITE, KD_DATA_EMPTY, KD_DATA_DUPLICATE_ID
 * @example fromArrays({ inputs: { x: { shape: [2], values: [0, 0, 1, 1] } }, labels: { side: [0, 1] } })
 */
export function fromArrays(data: ArrayData): Dataset {
  const inputs: Record<string, InputSpec> = {};
  let size: number | undefined;
  for (const [name, input] of Object.entries(data.inputs ?? {})) {
    if (!Array.isArray(input?.shape)) throw kdError('KD_DATA_ARRAY', { what: `Input '${name}'`, expected: '{ shape, values }, the shape of one sample and the numbers of all', received: shown(input), next: 'The shape of a plain number is [].' });
    const { shape, values, dtype = 'float32' } = input;
    const spec: InputSpec = { shape, dtype };
    inputs[name] = spec;
    expectArray(`Input '${name}'`, values, 'the numbers of all samples one after the other');
    size ??= sizeOf(spec) === 0 ? 0 : Math.max(Math.sign(values.length), Math.floor(values.length / sizeOf(spec)));
    expectLength(`Input '${name}' (${samples(size)} of shape [${shape.join(', ')}])`, size * sizeOf(spec), values.length);
    expectFinite(`Input '${name}'`, values, sizeOf(spec));
  }
  if (size === undefined || size === 0) throw kdError('KD_DATA_EMPTY', { what: 'The data' });
  const labels: Record<string, Int32Array | Float32Array> = {};
  for (const [space, values] of Object.entries(data.labels ?? {})) {
    expectArray(`Labels of '${space}'`, values, 'a class index a sample, or values of a regression');
    if (values.length % size !== 0) expectLength(`Labels of '${space}' (${samples(size)})`, size, values.length);
    const whole = values.length === size && Array.prototype.every.call(values, Number.isInteger);
    labels[space] = whole ? Int32Array.from(values) : Float32Array.from(values);
  }
  if (data.ids) {
    expectLength(`ids (${samples(size)})`, size, data.ids.length);
    expectUniqueIds(data.ids, 'the data');
  }
  return {
    size,
    id: (row) => data.ids?.[row] ?? String(row),
    inputs,
    labels,
    read(input, rows, out) {
      const values = data.inputs[input]!.values;
      const width = sizeOf(inputs[input]!);
      for (let i = 0; i < rows.length; i++) {
        const from = rows[i]! * width;
        if (width >= WIDE && isTyped(values)) out.set(values.subarray(from, from + width), i * width);
        else for (let j = 0; j < width; j++) out[i * width + j] = values[from + j]!;
      }
    },
  };
}

function samples(count: number): string {
  return count === 1 ? '1 sample' : `${count} samples`;
}

function expectLength(what: string, expected: number, received: number): void {
  if (expected !== received) throw kdError('KD_DATA_LENGTH', { what, expected, received });
}

function isTyped(values: ArrayLike<number>): values is Float32Array | Int32Array | Uint8Array {
  return values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array;
}
