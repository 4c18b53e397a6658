import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { distill, startWasm, type DataReference, type KdConfig, type Summary, type TeacherConfig } from '@kd/core';
import { nodePlugin } from '../../src/run/node-plugin.ts';
import { saveLayersModel } from '../../src/models/save-layers-model.ts';
import { createStore } from '../../src/store/write-store.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const network = (): LayersModel => sequential({ layers: [layers.dense({ units: 2, inputShape: [2], name: 'logits' })] });
const rows = [['a', 3, 1, 'small'], ['b', 1, 3, 'big'], ['c', 4, 0, 'small'], ['d', 0, 2, 'big']] as const;
const before = process.cwd();

beforeAll(() => startWasm());
beforeEach(async () => {
  process.chdir(temporaryFolder());
  const model = network();
  await saveLayersModel(model, 'models/teacher');
  model.dispose();
  writeFileSync('points.csv', ['id,west,east,size', ...rows.map((row) => row.join(','))].join('\n'));
  writeFileSync('points.jsonl', rows.map(([id, west, east, size]) => JSON.stringify({ id, inputs: { x: [west, east] }, labels: { size } })).join('\n'));
  writeFileSync('answers.mjs', 'export default ({ x }) => x;');
  writeFileSync('points.mjs', `export default {
    size: 4, inputs: { x: { shape: [2], dtype: 'float32' } }, labels: { size: Int32Array.of(0, 1, 0, 1) }, id: (row) => 'abcd'[row],
    read: (input, rows, out) => out.set(Array.from(rows, (row) => [[3, 1], [1, 3], [4, 0], [0, 2]][row]).flat()),
  };`);
  const store = await createStore('answers', { ids: ['a', 'b', 'c', 'd'], samplesHash: 'x' });
  const writer = await store.writer({ name: 'old', hash: 'h', space: 'size', classes: ['small', 'big'] }, { logits: { dtype: 'float32', shape: [2] } });
  await writer.append(4, { logits: [3, 1, 1, 3, 4, 0, 0, 2] });
  await writer.finish();
  await store.close();
});
afterEach(() => process.chdir(before));

const csv: DataReference = ['csv', { file: 'points.csv', id: 'id', inputs: { x: ['west', 'east'] }, labels: { size: 'size' } }];

async function distilled(teacher: Omit<TeacherConfig, 'speaks'>, data: DataReference, changes: Partial<KdConfig> = {}): Promise<Summary> {
  const { student, summary } = await distill({
    plugins: [nodePlugin], data: { train: data, test: data }, labels: { size: ['small', 'big'] }, teachers: { old: { ...teacher, speaks: 'size' } },
    student: { model: network }, alpha: 0.5, train: { epochs: 1, batchSize: 4 }, ...changes,
  });
  student.layersModel!.dispose();
  return summary;
}

describe('a program that calls distill with the node plugin', () => {
  it('takes paths of data, models, functions and stored answers from its working folder, all to the same end', async () => {
    const teachers: Omit<TeacherConfig, 'speaks'>[] = [{ predict: './answers.mjs' }, { predict: ({ x }) => x! }, { source: ['stored-predictions', { store: 'answers' }] }];
    const sources: DataReference[] = [csv, ['jsonl', { file: join(process.cwd(), 'points.jsonl') }], './points.mjs'];
    const hashes = new Set<string>();
    for (const teacher of teachers) for (const data of sources) hashes.add((await distilled(teacher, data)).student.hash);
    expect(hashes.size).toBe(1);
    const { teachers: { old } } = await distilled({ model: './models/teacher' }, csv, { student: { model: 'models/teacher/model.json' } });
    expect(old).toMatchObject({ parameters: 6 });
  });

  it('is told where a file was looked for', async () => {
    const { message } = await expectKdError('KD_FILE_MISSING', () => distilled({ model: './models/none' }, csv));
    expect(message).toContain(`not found at ${join(process.cwd(), 'models', 'none')}. Check the path; relative paths start at the config file's folder, in a program at its working folder.`);
  });

  it('is told what to name where it has no node plugin', async () => {
    const { message } = await expectKdError('KD_CONFIG_INVALID', () => distilled({ model: './models/teacher' }, './points.mjs', { plugins: [] }));
    expect(message).toContain('Put `nodePlugin` of @kd/node into `plugins`');
  });
});
