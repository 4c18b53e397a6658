const float32 = new Float32Array(1);
const bits = new Uint32Array(float32.buffer);

// One entry for each sign and exponent of a float32 (its upper 9 bits): the float16 bits to start from, how far the
// fraction is shifted, and the leading 1 that a value below the smallest normal float16 has to spell out.
const start = new Uint16Array(512);
const shift = new Uint8Array(512);
const leading = new Uint32Array(512);
for (let i = 0; i < 512; i++) {
  const sign = i >= 256 ? 0x8000 : 0;
  const exponent = (i & 255) - 127;
  const [from, by, one] =
    exponent > 15 ? [0x7c00, 24, 0]                         // too large: infinity
    : exponent >= -14 ? [(exponent + 15) << 10, 13, 0]      // normal
    : exponent >= -25 ? [0, -1 - exponent, 0x800000]        // subnormal
    : [0, 31, 0];                                           // too small: zero
  start[i] = sign | from;
  shift[i] = by;
  leading[i] = one;
}

/** The largest finite float16. */
export const largestFloat16: number = 65504;

/** A number as IEEE 754 binary16 bits, rounded to nearest, ties to even. NaN stays NaN, too large becomes infinity. */
export function toFloat16Bits(value: number): number {
  float32[0] = value;
  const from = bits[0]!;
  const index = from >>> 23;
  const fraction = from & 0x7fffff;
  if ((index & 255) === 255 && fraction !== 0) return start[index]! | 0x200 | (fraction >>> 13);
  const by = shift[index]!;
  const significand = fraction | leading[index]!;
  const kept = significand >>> by;
  const rest = significand & ((1 << by) - 1);
  const half = 1 << (by - 1);
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0;
  return start[index]! + kept + up; // a carry runs on into the exponent, as it should
}

/** Numbers as float16 bits. */
export function encodeFloat16(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = toFloat16Bits(values[i]!);
  return out;
}

let table: Float32Array | undefined;

/** The value of each of the 65,536 float16 bit patterns. */
export function float16Table(): Float32Array {
  if (table) return table;
  table = new Float32Array(65536);
  for (let i = 0; i < 65536; i++) {
    const sign = i & 0x8000 ? -1 : 1;
    const exponent = (i >> 10) & 31;
    const fraction = i & 0x3ff;
    table[i] = exponent === 31 ? (fraction ? Number.NaN : sign * Infinity)
      : exponent === 0 ? sign * fraction * 2 ** -24
      : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/** Float16 bits as numbers. */
export function decodeFloat16(values: Uint16Array, out: Float32Array = new Float32Array(values.length)): Float32Array {
  const value = float16Table();
  for (let i = 0; i < values.length; i++) out[i] = value[values[i]!]!;
  return out;
}
