import { kdError, sizeOf } from '@kd/core';
import { durableWrite, type Written } from '../files/durable-write.ts';
import { dtypes, type StoredTensor } from './dtypes.ts';

export interface SafetensorsContent {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a safetensors file, in pieces: 8 bytes of header length (little-endian), a JSON header padded to a
 * multiple of 8, then the values, widest types first and then by name, so that every tensor is aligned and equal
 * content gives equal bytes. Format: https://github.com/huggingface/safetensors
 *
 * @throws KD_ARGUMENT when a tensor's data does not match its dtype and shape, or a name cannot be one
 */
export function encodeSafetensors({ tensors, metadata }: SafetensorsContent): readonly Uint8Array[] {
  const names = Object.keys(tensors).sort((a, b) => dtypes[tensors[b]!.dtype].width - dtypes[tensors[a]!.dtype].width || (a < b ? -1 : 1));
  const entries: [string, unknown][] = metadata ? [['__metadata__', metadata]] : [];
  const pieces: Uint8Array[] = [];
  let end = 0;
  for (const name of names) {
    const { dtype, shape, data } = tensors[name]!;
    const { tag, width } = dtypes[dtype];
    const length = sizeOf({ shape });
    if (name === '__metadata__' || name === '__proto__') refuse(`a tensor cannot be called '${name}'`);
    if (data.length !== length || data.BYTES_PER_ELEMENT !== width) refuse(`'${name}': ${data.length} values of ${data.BYTES_PER_ELEMENT} bytes are no ${dtype} [${shape.join(', ')}]`);
    pieces.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    entries.push([name, { dtype: tag, shape, data_offsets: [end, (end += data.byteLength)] }]);
  }
  // Written entry by entry, for an object would move names like '7' to the front.
  let json = `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8);
  const header = Buffer.from(json, 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return [length, header, ...pieces];
}

function refuse(problem: string): never {
  throw kdError('KD_ARGUMENT', { call: 'encodeSafetensors', problem });
}

/**
 * Writes a safetensors file durably.
 *
 * @throws KD_ARGUMENT, KD_DISK
 */
export function writeSafetensors(path: string, content: SafetensorsContent): Promise<Written> {
  return durableWrite(path, encodeSafetensors(content));
}
