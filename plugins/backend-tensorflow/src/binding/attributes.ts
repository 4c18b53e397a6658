import type { Pointer } from './c-api.ts';
import { ATTRIBUTE } from './dtypes.ts';

/** An attribute of an operation, as TensorFlow.js's kernels give it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: AttributeValue;
}

export type AttributeValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

/** Sets one attribute of an operation under way: of one that runs at once, or of one in a graph. */
export interface AttributeSetter {
  string(op: Pointer, name: string, value: string, bytes: number): void;
  strings(op: Pointer, name: string, values: readonly string[], bytes: BigUint64Array, count: number): void;
  int(op: Pointer, name: string, value: number): void;
  ints(op: Pointer, name: string, values: BigInt64Array, count: number): void;
  float(op: Pointer, name: string, value: number): void;
  floats(op: Pointer, name: string, values: Float32Array, count: number): void;
  bool(op: Pointer, name: string, value: number): void;
  bools(op: Pointer, name: string, values: Uint8Array, count: number): void;
  type(op: Pointer, name: string, value: number): void;
  types(op: Pointer, name: string, values: Int32Array, count: number): void;
  shape(op: Pointer, name: string, shape: BigInt64Array, rank: number): void;
}

export function setAttribute(set: AttributeSetter, op: Pointer, { name, type, value }: Attribute): void {
  if (type === ATTRIBUTE.STRING && Array.isArray(value)) {
    const texts = value as readonly string[];
    return set.strings(op, name, texts, BigUint64Array.from(texts, (text) => BigInt(Buffer.byteLength(text))), texts.length);
  }
  const list = Array.isArray(value) ? (value as readonly number[]) : undefined;
  switch (type) {
    case ATTRIBUTE.STRING: return set.string(op, name, String(value), Buffer.byteLength(String(value)));
    case ATTRIBUTE.INT: return list ? set.ints(op, name, int64s(list), list.length) : set.int(op, name, Number(value));
    case ATTRIBUTE.FLOAT: return list ? set.floats(op, name, Float32Array.from(list), list.length) : set.float(op, name, Number(value));
    case ATTRIBUTE.BOOL: return list ? set.bools(op, name, Uint8Array.from(list, Number), list.length) : set.bool(op, name, value ? 1 : 0);
    case ATTRIBUTE.TYPE: return list ? set.types(op, name, Int32Array.from(list), list.length) : set.type(op, name, Number(value));
    case ATTRIBUTE.SHAPE: return set.shape(op, name, int64s(list!), list!.length);
    default: throw new Error(`Attribute '${name}' is of kind ${type}, which operations run by kd cannot have.`);
  }
}

/** Whole numbers as C's `int64_t`. */
export function int64s(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, (value) => BigInt(value));
}
