/** TensorFlow's numbers for the types of tensors, `TF_DataType`. */
export const FLOAT: number = 1;
const DOUBLE = 2;
export const INT32: number = 3;
export const UINT8: number = 4;
const INT16 = 5;
const INT8 = 6;
export const STRING: number = 7;
export const COMPLEX64: number = 8;
export const INT64: number = 9;
export const BOOL: number = 10;
const BFLOAT16 = 14;
const UINT16 = 17;
const HALF = 19;
export const RESOURCE: number = 20;
const UINT32 = 22;

/** The size of an element in bytes; of a string, without its text. */
export const BYTES: Readonly<Record<number, number>> = {
  [FLOAT]: 4, [DOUBLE]: 8, [INT32]: 4, [UINT8]: 1, [STRING]: 24, [COMPLEX64]: 8, [INT64]: 8, [BOOL]: 1,
  [INT8]: 1, [INT16]: 2, [UINT16]: 2, [UINT32]: 4, [HALF]: 2, [BFLOAT16]: 2,
};

/** What becomes of the types that TensorFlow.js does not have. */
export const NEAREST: Readonly<Record<number, number>> = {
  [INT64]: INT32, [INT8]: INT32, [INT16]: INT32, [UINT8]: INT32, [UINT16]: INT32, [UINT32]: INT32, [DOUBLE]: FLOAT, [HALF]: FLOAT, [BFLOAT16]: FLOAT,
};

/** How TensorFlow.js's kernels name the kinds of an operation's attributes. */
export const ATTRIBUTE: Readonly<Record<'STRING' | 'INT' | 'FLOAT' | 'BOOL' | 'TYPE' | 'SHAPE' | 'RESOURCE', number>> = { STRING: 0, INT: 1, FLOAT: 2, BOOL: 3, TYPE: 4, SHAPE: 5, RESOURCE: 7 };

export type Values = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;

/** Memory for so many bytes of a type, as JavaScript reads it. */
export function viewOf(dtype: number, buffer: ArrayBuffer): Values {
  switch (dtype) {
    case FLOAT: case COMPLEX64: return new Float32Array(buffer);
    case DOUBLE: return new Float64Array(buffer);
    case INT32: return new Int32Array(buffer);
    case INT64: return new BigInt64Array(buffer);
    case UINT8: case BOOL: return new Uint8Array(buffer);
    default: throw new Error(`Tensors of TensorFlow's type ${dtype} have no values that JavaScript can read.`);
  }
}

/** Plain numbers, or a typed array, as a typed array of the type. int64 may come as pairs of int32, low word first. */
export function valuesOf(dtype: number, values: ArrayLike<number> | Values): Values {
  if (dtype === INT64) {
    if (values instanceof BigInt64Array) return values;
    return values instanceof Int32Array ? new BigInt64Array(values.slice().buffer) : BigInt64Array.from(values as ArrayLike<number>, BigInt);
  }
  if (ArrayBuffer.isView(values) && elementFits(dtype, values)) return values as Values;
  switch (dtype) {
    case FLOAT: case COMPLEX64: return Float32Array.from(values as ArrayLike<number>);
    case DOUBLE: return Float64Array.from(values as ArrayLike<number>);
    case INT32: return Int32Array.from(values as ArrayLike<number>);
    default: return Uint8Array.from(values as ArrayLike<number>);
  }
}

function elementFits(dtype: number, values: ArrayBufferView): boolean {
  switch (dtype) {
    case FLOAT: case COMPLEX64: return values instanceof Float32Array;
    case DOUBLE: return values instanceof Float64Array;
    case INT32: return values instanceof Int32Array;
    default: return values instanceof Uint8Array || values instanceof Uint8ClampedArray;
  }
}
