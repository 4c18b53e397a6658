import type { CApi, Pointer } from './c-api.ts';
import { BYTES, STRING } from './dtypes.ts';
import type { NativeLibrary } from './load-library.ts';

const STRIDE = BigInt(BYTES[STRING]!);

/**
 * Fills a tensor's memory with strings. Texts of up to 22 bytes lie in the tensor itself; longer ones have memory of their
 * own, which the library does not free with a tensor that came from outside: {@link freeStrings} does.
 */
export function writeStrings(c: CApi, data: Pointer, texts: readonly Uint8Array[]): void {
  texts.forEach((text, i) => {
    const place = data + BigInt(i) * STRIDE;
    c.TF_StringInit(place);
    c.TF_StringCopy(place, text, text.byteLength);
  });
}

/** Frees what {@link writeStrings} has taken. @param count strings that lie one after the other */
export function freeStrings(c: CApi, data: Pointer, count: number): void {
  for (let i = 0; i < count; i++) c.TF_StringDealloc(data + BigInt(i) * STRIDE);
}

/** @param count strings that lie one after the other */
export function readStrings({ c, copyBytes }: NativeLibrary, data: Pointer, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const place = data + BigInt(i) * STRIDE;
    const bytes = Number(c.TF_StringGetSize(place));
    const text = new Uint8Array(bytes);
    if (bytes > 0) copyBytes(text, c.TF_StringGetDataPointer(place), bytes);
    return text;
  });
}
