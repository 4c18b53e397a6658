import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csvDataset } from '../../src/readers/csv-dataset.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function write(name: string, content: Buffer): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

describe('the encoding of a CSV file', () => {
  it.each<[string, Buffer, number]>([
    ['Latin-1', Buffer.from('id,x\na,1\ncaf\u00e9,2\n', 'latin1'), 3],
    ['a character that is cut off', Buffer.from('id,x\na,1\nü,2\nü', 'utf8').subarray(0, -1), 4],
    ['Latin-1 far behind', Buffer.from(`id,x\n${Array.from({ length: 20_000 }, (_, i) => `row ${i},1\n`).join('')}\u00fc,1\n`, 'latin1'), 20_002],
  ])('refuses %s, with the line', async (_, content, line) => {
    const error = await expectKdError('KD_DATA_ROW', () => csvDataset({ file: write('a.csv', content), id: 'id', inputs: { x: 'x' } }));
    expect(error.message).toContain(`a.csv line ${line}: it is no valid UTF-8; save the file in that encoding.`);
  });

  it('reads characters of every length, wherever a piece of the file ends, and what begins with the mark of UTF-16', async () => {
    const text = `id,x\n${Array.from({ length: 20_000 }, (_, i) => `${'aü€😀'.repeat(1 + (i % 3))} ${i},1\n`).join('')}`;
    for (const content of [Buffer.from(text), Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
      const data = await csvDataset({ file: write('a.csv', content), id: 'id', inputs: { x: 'x' } });
      expect([data.size, data.id(19_999)]).toEqual([20_000, 'aü€😀aü€😀 19999']);
    }
  });
});
