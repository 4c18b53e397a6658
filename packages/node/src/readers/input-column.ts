import { kdError, sizeOf, type InputSpec } from '@kd/core';

/** The values of one input of one sample: a number, a list, or lists of lists as the shape goes. */
export type RawInput = number | ArrayLike<number> | readonly RawInput[];

/** Collects the values of one input, sample by sample, in an array that grows. */
export interface InputColumn {
  /** @throws KD_DATA_NOT_FINITE, KD_DATA_ROW */
  add(value: RawInput, where: string): void;
  finish(): { readonly spec: InputSpec; readonly values: Float32Array | Int32Array };
}

/** @param known The shape of one sample, where it is declared; otherwise the first sample's. */
export function inputColumn(input: string, known: { readonly shape?: readonly number[]; readonly dtype?: InputSpec['dtype'] } = {}): InputColumn {
  const { dtype = 'float32' } = known;
  let shape = known.shape;
  let values = dtype === 'float32' ? new Float32Array(1024) : new Int32Array(1024);
  let length = 0;
  const push = (value: unknown, where: string): void => {
    if (typeof value !== 'number') throw kdError('KD_DATA_ROW', { where, problem: `input '${input}' holds ${JSON.stringify(value)}, which is no number` });
    if (!Number.isFinite(Math.fround(value))) throw kdError('KD_DATA_NOT_FINITE', { where: `${where}, input '${input}'`, value: String(value) });
    if (dtype === 'int32' && (value | 0) !== value) throw kdError('KD_DATA_ROW', { where, problem: `input '${input}' holds ${value}, which is no int32` });
    if (length === values.length) {
      const wider = dtype === 'float32' ? new Float32Array(length * 2) : new Int32Array(length * 2);
      wider.set(values);
      values = wider;
    }
    values[length++] = value;
  };
  const walk = (value: unknown, where: string): void => {
    if (isList(value)) for (let i = 0; i < value.length; i++) walk(value[i], where);
    else push(value, where);
  };
  return {
    add(value, where) {
      const own = shapeOf(value);
      shape ??= own;
      const before = length;
      walk(value, where);
      const wanted = sizeOf({ shape });
      const fits = length - before === wanted && (known.shape !== undefined || own.join() === shape.join());
      if (!fits) throw kdError('KD_DATA_ROW', { where, problem: `input '${input}' has ${length - before} values as [${own.join(', ')}], expected [${shape.join(', ')}]` });
    },
    finish: () => ({ spec: { shape: shape ?? [], dtype }, values: values.slice(0, length) }),
  };
}

function shapeOf(value: unknown): readonly number[] {
  return isList(value) ? [value.length, ...(value.length > 0 ? shapeOf(value[0]) : [])] : [];
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
