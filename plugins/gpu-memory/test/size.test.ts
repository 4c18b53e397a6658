import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatSize, parseSize } from '../src/index.ts';
import { resolve } from './resolve.ts';

describe('sizes', () => {
  test.each([['512MB', 512e6], ['1.5 GiB', 1.5 * 2 ** 30], ['  64 kib ', 65536], ['100B', 100], ['2tb', 2e12]])('%j is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', '512', 'MB', '-1MB', '0GB', '0.1B', '1e3MB', '12 megs', '99999999TB'])('%j is none', (text) => {
    expect(parseSize(text)).toEqual({ problem: expect.stringContaining(`'${text}' is no size: write a number above 0 and B, KB, MB`) });
  });

  test('a config may write either, and is told of mistakes', () => {
    expect(resolve(['budget', { limit: '1.5GB' }]).label).toBe('within 1.50 GB');
    expect(resolve(['budget', { limit: 2000 }]).label).toBe('within 2.00 KB');
    expect(() => resolve(['budget', { limit: '12 megs' }])).toThrow(/memory: the options of memory 'budget' are wrong: limit: '12 megs' is no size/);
    expect(() => resolve(['budget', { limit: -5 }])).toThrow(/limit: expected a number greater than 0, received -5/);
    expect(() => resolve('budget')).toThrow(/limit: expected a number of bytes or a size such as '512MB'/);
  });

  test('what is printed reads back, to three digits', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (bytes) => {
      expect(Math.abs((parseSize(formatSize(bytes)) as number) / bytes - 1)).toBeLessThan(0.01);
    }));
  });
});
