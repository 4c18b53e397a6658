import { describe, expect, test } from 'vitest';
import { datasetHash, samplesHash, type Dataset } from '../../src/index.ts';
import { dataset, failure, samples } from '../small-task.ts';

describe('the hash of a data set', () => {
  test('says which samples and which labels it holds; that of its samples leaves labels alone', async () => {
    const { letter } = samples(12);
    const [plain, relabelled, renamed] = [dataset(12), dataset(12, 1, { letter: letter.map((label, row) => (row === 5 ? 3 - label : label)) }), dataset(12, 1, { early: letter })];
    const hashes = await Promise.all([plain, relabelled, renamed].map(async (each) => datasetHash(each)));
    expect(new Set(hashes).size).toBe(3);
    expect(await datasetHash(dataset(12))).toBe(hashes[0]);
    expect(await samplesHash(relabelled)).toBe(await samplesHash(plain));
    expect(await samplesHash({ ...plain, hash: 'of the reader' })).toBe('of the reader');
  });

  test('knows every value of data that is hashed in several parts, and the row of one that is no number', async () => {
    const width = 1 << 20;
    const ending = (last: number): Dataset => ({
      size: 5, id: String, inputs: { x: { shape: [width], dtype: 'float32' } }, labels: {},
      read(_, rows, out) {
        for (let i = 0; i < rows.length; i++) out[(i + 1) * width - 1] = rows[i] === 4 ? last : rows[i]!;
      },
    });
    expect(await samplesHash(ending(7))).not.toBe(await samplesHash(ending(8)));
    expect((await failure(() => samplesHash(ending(Number.NaN)), 'KD_DATA_NOT_FINITE')).details).toMatchObject({ row: 4 });
  });
});
