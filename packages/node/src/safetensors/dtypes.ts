/** What an array of a stored tensor looks like in memory; float16 and bfloat16 are their raw bits. */
export type StoredArray =
  | Float32Array | Float64Array | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | BigInt64Array | BigUint64Array;

export type StoredDtype =
  | 'float16' | 'bfloat16' | 'float32' | 'float64' | 'bool' | 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'uint64' | 'int64';

export interface DtypeRow {
  /** As safetensors writes it. */
  readonly tag: string;
  /** Bytes of one value. */
  readonly width: number;
  readonly view: (buffer: ArrayBuffer, byteOffset: number, length: number) => StoredArray;
}

export const dtypes: Readonly<Record<StoredDtype, DtypeRow>> = {
  float16: { tag: 'F16', width: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  bfloat16: { tag: 'BF16', width: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  float32: { tag: 'F32', width: 4, view: (b, o, n) => new Float32Array(b, o, n) },
  float64: { tag: 'F64', width: 8, view: (b, o, n) => new Float64Array(b, o, n) },
  bool: { tag: 'BOOL', width: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
  uint8: { tag: 'U8', width: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
  int8: { tag: 'I8', width: 1, view: (b, o, n) => new Int8Array(b, o, n) },
  uint16: { tag: 'U16', width: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  int16: { tag: 'I16', width: 2, view: (b, o, n) => new Int16Array(b, o, n) },
  uint32: { tag: 'U32', width: 4, view: (b, o, n) => new Uint32Array(b, o, n) },
  int32: { tag: 'I32', width: 4, view: (b, o, n) => new Int32Array(b, o, n) },
  uint64: { tag: 'U64', width: 8, view: (b, o, n) => new BigUint64Array(b, o, n) },
  int64: { tag: 'I64', width: 8, view: (b, o, n) => new BigInt64Array(b, o, n) },
};

const byTag = new Map((Object.keys(dtypes) as StoredDtype[]).map((dtype) => [dtypes[dtype].tag, dtype]));

export function dtypeOfTag(tag: unknown): StoredDtype | undefined {
  return typeof tag === 'string' ? byTag.get(tag) : undefined;
}

/** A tensor as it lies in a file or waits to be written. */
export interface StoredTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly data: StoredArray;
}
