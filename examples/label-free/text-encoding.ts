import type { Tensor } from '@tensorflow/tfjs-core';

/** Code units of a text that are kept. */
export const TEXT_LENGTH = 48;
/** Buckets that n-grams are counted in. */
export const GRAM_BUCKETS = 2048;

/** A text as numbers: its UTF-16 code units, then zeros. */
export function writeText(text: string, out: Float32Array | Int32Array, from: number): void {
  for (let i = 0; i < TEXT_LENGTH; i++) out[from + i] = i < text.length ? text.charCodeAt(i) : 0;
}

/** Texts back from `[batch, TEXT_LENGTH]`. */
export async function readTexts(encoded: Tensor): Promise<string[]> {
  const units = await encoded.data();
  return Array.from({ length: encoded.shape[0]! }, (_, row) => String.fromCharCode(...units.subarray(row * TEXT_LENGTH, (row + 1) * TEXT_LENGTH)).replaceAll('\0', ''));
}

/** How often runs of 1 to 4 characters come, each counted in the bucket that its hash (FNV-1a) falls into; length 1. */
export function writeGrams(text: string, out: Float32Array | Int32Array, from: number): void {
  const counts = out.subarray(from, from + GRAM_BUCKETS).fill(0);
  const padded = ` ${text.toLowerCase()} `;
  for (let start = 0; start < padded.length; start++) {
    let hash = 0x811c9dc5;
    for (let end = start; end < Math.min(start + 4, padded.length); end++) {
      hash = Math.imul(hash ^ padded.charCodeAt(end), 0x01000193);
      counts[(hash ^ (hash >>> 15)) & (GRAM_BUCKETS - 1)]! += 1;
    }
  }
  const length = Math.hypot(...counts);
  counts.forEach((count, bucket) => (counts[bucket] = count / length));
}
