import { expect, test } from 'vitest';
import { philox } from '../../src/tensor/philox.ts';

// The known answers that the authors publish with their generator (Random123, philox 4x32, 10 rounds).
const answers = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

test.each(answers)('known answer for counter $counter', ({ counter, key, words }) => {
  const out = new Uint32Array(6);
  philox(key[0]!, key[1]!, counter[0]!, counter[1]!, counter[2]!, counter[3]!, out, 1);
  expect([...out]).toEqual([0, ...words, 0]);
});
