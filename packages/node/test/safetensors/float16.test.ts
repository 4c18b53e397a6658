import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16, float16Table, largestFloat16, toFloat16Bits } from '../../src/safetensors/float16.ts';

const table = float16Table();

describe('float16', () => {
  it('decodes the values that IEEE 754 gives as examples', () => {
    const known: [number, number][] = [[0x0000, 0], [0x3c00, 1], [0xc000, -2], [0x7bff, 65504], [0x0001, 2 ** -24], [0x03ff, 2 ** -14 - 2 ** -24], [0x0400, 2 ** -14], [0x3555, 0.333251953125], [0x7c00, Infinity], [0xfc00, -Infinity]];
    for (const [bits, value] of known) expect(table[bits]).toBe(value);
    expect(Object.is(table[0x8000], -0)).toBe(true);
    expect(largestFloat16).toBe(table[0x7bff]);
  });

  it('encodes each of the 65,536 values as itself', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const back = encodeFloat16(decodeFloat16(all));
    for (let bits = 0; bits < 65536; bits++) {
      if (Number.isNaN(table[bits])) expect(Number.isNaN(table[back[bits]!])).toBe(true);
      else if (back[bits] !== bits) expect.fail(`0x${bits.toString(16)} came back as 0x${back[bits]!.toString(16)}`);
    }
  });

  it('rounds the middle between each two neighbours to the even one, and just beside it to the nearer', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const middle = (table[bits]! + table[bits + 1]!) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const step = middle * 2 ** -23;
      const got = [toFloat16Bits(middle), toFloat16Bits(-middle), toFloat16Bits(middle - step), toFloat16Bits(middle + step)];
      const expected = [even, even | 0x8000, bits, bits + 1];
      if (got.join() !== expected.join()) expect.fail(`around ${middle}: ${got.join()} instead of ${expected.join()}`);
    }
  });

  it('is the nearest of all, for any float32', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65519, max: 65519 }), (value) => {
        const bits = toFloat16Bits(value);
        const distance = Math.abs(table[bits]! - value);
        for (const other of [bits - 1, bits + 1]) {
          if (Number.isFinite(table[other])) expect(Math.abs(table[other]! - value)).toBeGreaterThanOrEqual(distance);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('makes what is too large infinite, and what is too small zero', () => {
    expect([65519.99, 65520, 1e30, -1e30, Infinity].map((value) => table[toFloat16Bits(value)])).toEqual([65504, Infinity, Infinity, -Infinity, Infinity]);
    expect(toFloat16Bits(2 ** -25)).toBe(0);
    expect(toFloat16Bits(2 ** -25 * 1.001)).toBe(1);
    expect(toFloat16Bits(-1e-40)).toBe(0x8000);
  });
});
