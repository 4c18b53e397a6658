import { decodeFloat16, encodeFloat16 } from '@kd/node';
import type { Tensor } from 'onnxruntime-common';

/** What a tensor of kd's gives. */
export type Numbers = Float32Array | Int32Array | Uint8Array;

/** Makes the numbers of an input, `length` of them; what is missing at the end is zero. */
type Encode = (values: Numbers, length: number) => Tensor.DataTypeMap[Tensor.Type];

/** What kd's numbers can become, by ONNX Runtime's name of the type. No number becomes another in silence. */
export const INPUT_TYPES: ReadonlyMap<Tensor.Type, Encode> = new Map<Tensor.Type, Encode>([
  ['float32', (values, length) => filled(new Float32Array(length), values)],
  ['float16', (values, length) => encodeFloat16(filled(new Float32Array(length), values))],
  ['float64', (values, length) => filled(new Float64Array(length), values)],
  ['int64', (values, length) => BigInt64Array.from(exactly(new Int32Array(length), values), BigInt)],
  ['int32', (values, length) => exactly(new Int32Array(length), values)],
  ['uint8', (values, length) => exactly(new Uint8Array(length), values)],
  ['int8', (values, length) => exactly(new Int8Array(length), values)],
  ['bool', (values, length) => filled(new Uint8Array(length), values).map((value) => Number(value !== 0))],
]);

function filled<To extends Numbers | Float64Array | Int8Array>(to: To, values: Numbers): To {
  to.set(values);
  return to;
}

/** Whole numbers of a type that may not hold all of them: pixels from 0 to 1 would become 0. */
function exactly<To extends Int32Array | Uint8Array | Int8Array>(to: To, values: Numbers): To {
  filled(to, values);
  const lost = values.findIndex((value, i) => to[i] !== value);
  if (lost >= 0) throw new Error(`the model wants whole numbers, of which ${values[lost]} in the data is none that it can hold; scale it in the teacher's \`preprocess\``);
  return to;
}

/** The numbers of an output. */
export function float32Of({ type, data }: Pick<Tensor, 'type' | 'data'>): Float32Array {
  if (type === 'float32') return data as Float32Array;
  // Newer Nodes have an array of their own for it, older ones the bare bits.
  if (type === 'float16' && data instanceof Uint16Array) return decodeFloat16(data);
  return Float32Array.from(data as ArrayLike<number | bigint>, Number);
}
