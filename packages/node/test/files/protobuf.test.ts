import { describe, expect, it } from 'vitest';
import { ProtobufMessage } from '../../src/index.ts';

const bytes = (...values: readonly (number | string)[]): Uint8Array => Uint8Array.from(values.flatMap((value) => (typeof value === 'string' ? [...Buffer.from(value)] : [value])));

describe('a protobuf message', () => {
  // 1: 150; 2: "kd"; 3: { 1: 7 }; 4: 1, 2 one by one, then 3 and 300 packed; 5: -1; 6: { 1: "a", 2: { 1: 9 } }
  const message = new ProtobufMessage(bytes(
    0x08, 0x96, 0x01, 0x12, 2, 'kd', 0x1a, 2, 0x08, 7, 0x20, 1, 0x20, 2, 0x22, 3, 3, 0xac, 0x02,
    0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x32, 7, 0x0a, 1, 'a', 0x12, 2, 0x08, 9,
  ));

  it('is read by the numbers of its fields', () => {
    expect(message.number(1)).toBe(150);
    expect(message.text(2)).toBe('kd');
    expect(message.message(3).number(1)).toBe(7);
    expect(message.messages(3)).toHaveLength(1);
    expect(message.numbers(4)).toEqual([1, 2, 3, 300]);
    expect(message.number(5)).toBe(-1);
    expect(message.map(6).get('a')?.number(1)).toBe(9);
  });

  it('has zero, nothing and an empty text where a field is missing', () => {
    expect([message.number(9), message.numbers(9), message.text(9), message.message(9).number(1), message.bytes(9)]).toEqual([0, [], '', 0, []]);
  });

  it('passes over fields of a fixed length', () => {
    expect(new ProtobufMessage(bytes(0x0d, 1, 2, 3, 4, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x18, 5)).number(3)).toBe(5);
  });

  it.each([
    ['ends within a number', bytes(0x08, 0x96), /no end/],
    ['has a number of more than 64 bits', bytes(0x08, ...new Array<number>(11).fill(0xff)), /no end/],
    ['ends within a field', bytes(0x12, 5, 'kd'), /longer/],
    ['claims 2^63 bytes', bytes(0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 'kd'), /longer/],
    ['is of another kind', bytes(0x0b, 1), /kind/],
  ])('that %s is refused', (_, wrong, problem) => {
    expect(() => new ProtobufMessage(wrong)).toThrow(problem);
  });
});
