import { kdError, sizeOf } from '@kd/core';
import { dtypes, type StoredDtype } from './dtypes.ts';
import { float16Table } from './float16.ts';
import type { TensorEntry } from './safetensors-header.ts';

/** Gives bytes `start` to `end` of a file. */
export type ReadBytes = (start: number, end: number) => Uint8Array;

/** Rows this close together (bytes between them) are fetched in one read: a read costs more than the bytes. */
const closeEnough = 4096;
const largestRead = 1 << 20;

/**
 * Writes row `rows[i]` of a stored tensor to `out`, from position `places[i]` on (one after the other when left out).
 *
 * @throws KD_ARGUMENT for rows or places that there are not, and tensors whose values are no plain numbers
 * @param file all its bytes, or what reads some of them: then in the file's own order, whatever the order of the rows
 */
export function copyRows(entry: TensorEntry, rows: ArrayLike<number>, out: Float32Array | Int32Array, places: ArrayLike<number> | undefined, file: DataView | ReadBytes): void {
  const { dtype, shape, start } = entry;
  const count = shape[0] ?? 0;
  const width = sizeOf({ shape: shape.slice(1) });
  const bytes = width * dtypes[dtype].width;
  const copy = copierOf(dtype);
  for (let i = 0; i < rows.length; i++) {
    if (!(Number.isInteger(rows[i]) && rows[i]! >= 0 && rows[i]! < count)) refuse(`row ${rows[i]} of a tensor with ${count} rows`);
    const place = places ? places[i] : i * width;
    if (!(Number.isInteger(place) && place! >= 0 && place! + width <= out.length)) refuse(`${width} values at place ${place} do not fit into ${out.length}`);
  }
  if (file instanceof DataView) {
    for (let i = 0; i < rows.length; i++) copy(file, start + rows[i]! * bytes, width, out, places ? places[i]! : i * width);
    return;
  }
  const order = Uint32Array.from({ length: rows.length }, (_, i) => i).sort((a, b) => rows[a]! - rows[b]!);
  for (let i = 0; i < order.length; ) {
    const first = rows[order[i]!]!;
    let last = first;
    let next = i;
    while (next < order.length) {
      const row = rows[order[next]!]!;
      if ((row - last - 1) * bytes > closeEnough || (row - first + 1) * bytes > Math.max(largestRead, bytes)) break;
      last = row;
      next++;
    }
    const block = file(start + first * bytes, start + (last + 1) * bytes);
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    for (; i < next; i++) {
      const place = order[i]!;
      copy(view, (rows[place]! - first) * bytes, width, out, places ? places[place]! : place * width);
    }
  }
}

type Copier = (from: DataView, offset: number, count: number, out: Float32Array | Int32Array, at: number) => void;

function copierOf(dtype: StoredDtype): Copier {
  const each = (step: number, get: (from: DataView, offset: number) => number): Copier => (from, offset, count, out, at) => {
    for (let i = 0; i < count; i++) out[at + i] = get(from, offset + i * step);
  };
  switch (dtype) {
    case 'float16': {
      const table = float16Table();
      return each(2, (from, offset) => table[from.getUint16(offset, true)]!);
    }
    case 'float32': return each(4, (from, offset) => from.getFloat32(offset, true));
    case 'float64': return each(8, (from, offset) => from.getFloat64(offset, true));
    case 'int32': return each(4, (from, offset) => from.getInt32(offset, true));
    case 'uint32': return each(4, (from, offset) => from.getUint32(offset, true));
    case 'int16': return each(2, (from, offset) => from.getInt16(offset, true));
    case 'uint16': return each(2, (from, offset) => from.getUint16(offset, true));
    case 'int8': return each(1, (from, offset) => from.getInt8(offset));
    case 'uint8': case 'bool': return each(1, (from, offset) => from.getUint8(offset));
    default: return refuse(`${dtype} is read with \`read\`, not as plain numbers`);
  }
}

function refuse(problem: string): never {
  throw kdError('KD_ARGUMENT', { call: 'readRows', problem });
}
