import { kdError } from '../errors/kd-error.ts';
import type { NamedTensors } from './named-tensors.ts';

/** sha256 as hex of bytes. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // Browsers keep it from pages that were not loaded over https or from this machine.
  if (!globalThis.crypto?.subtle) throw kdError('KD_NO_CRYPTO', {});
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** sha256 of plain data, whatever the order of its keys. */
export async function fingerprint(value: unknown): Promise<string> {
  return sha256(new TextEncoder().encode(canonical(value)));
}

/** sha256 of names, shapes and values. */
export async function hashTensors(named: Readonly<NamedTensors>): Promise<string> {
  const parts: unknown[] = [];
  for (const name of Object.keys(named).sort()) {
    const tensor = named[name]!;
    const values = await tensor.data();
    parts.push([name, tensor.shape, tensor.dtype, await sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))]);
  }
  return fingerprint(parts);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'function') return JSON.stringify(String(value));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
