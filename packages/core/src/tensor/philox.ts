/**
 * One block of Philox 4x32 with 10 rounds: four random 32-bit words that are a pure function of a 64-bit key and a
 * 128-bit counter, written to `out[at … at + 3]`. Integer arithmetic only, so it is the same on every machine.
 *
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
 */
export function philox(
  key0: number, key1: number,
  counter0: number, counter1: number, counter2: number, counter3: number,
  out: Uint32Array, at: number,
): void {
  let [k0, k1, c0, c1, c2, c3] = [key0 | 0, key1 | 0, counter0 | 0, counter1 | 0, counter2 | 0, counter3 | 0];
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(c0, 0xd251, 0x1f53);
    const low0 = Math.imul(c0, 0xd2511f53);
    const high1 = highWord(c2, 0xcd9e, 0x8d57);
    const low1 = Math.imul(c2, 0xcd9e8d57);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** The upper 32 bits of `word · (high · 2¹⁶ + low)`, in halves, for JavaScript has no 64-bit product. */
function highWord(word: number, high: number, low: number): number {
  const wordLow = word & 0xffff;
  const wordHigh = word >>> 16;
  const middle = (Math.imul(wordHigh, low) + (Math.imul(wordLow, low) >>> 16)) | 0;
  const carry = (Math.imul(wordLow, high) + (middle & 0xffff)) | 0;
  return (Math.imul(wordHigh, high) + (middle >>> 16) + (carry >>> 16)) | 0;
}
