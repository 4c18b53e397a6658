import { kdError } from '@kd/core';
import { sha256 } from './hash.ts';
import { parseJson } from './parse-json.ts';

const head = '{\n"sha256": "';
const middle = '",\n"content": ';
const tail = '\n}\n';
const encoder = new TextEncoder();

/**
 * JSON text that carries the sha256 of its own content, byte for byte.
 *
 * @throws TypeError when a number in it is no JSON number (NaN, Infinity): JSON would turn it into null.
 */
export function sealJson(content: unknown): string {
  const body = JSON.stringify(content, refuseNonFinite, 1);
  return `${head}${sha256(body)}${middle}${body}${tail}`;
}

/**
 * The content of sealed JSON, when not a single bit of it has changed.
 *
 * @throws KD_FILE_DAMAGED
 */
export function openSealedJson(bytes: Uint8Array, file: string, next: string): unknown {
  const hashEnd = head.length + 64;
  const bodyStart = hashEnd + middle.length;
  const body = bytes.subarray(bodyStart, Math.max(bodyStart, bytes.length - tail.length));
  const hash = String.fromCharCode(...bytes.subarray(head.length, hashEnd));
  const frame = encoder.encode(`${head}${hash}${middle}`);
  const whole = startsWith(bytes, frame) && startsWith(bytes.subarray(bodyStart + body.length), encoder.encode(tail));
  if (!whole || hash !== sha256(body)) throw kdError('KD_FILE_DAMAGED', { file, problem: 'its content is not what was written', next });
  return parseJson(body, file, 'manifest');
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`'${key}' is ${value}, which JSON cannot hold`);
  return value;
}
