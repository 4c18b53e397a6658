import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LabelSpace } from '@kd/core';
import { exportStudent, type ExportOptions } from '../src/index.ts';

const space: LabelSpace = { name: 'sign', kind: 'classes', classes: ['minus', 'plus'] };
const student = (): LayersModel => sequential({ layers: [layers.dense({ inputShape: [3], units: 2, name: 'logits' })] });
let top: string;
const optionsFor = (folder: string): ExportOptions => ({ folder, name: 'Signs', student: student(), heads: [{ space, output: 'logits' }], spaces: new Map([['sign', space]]) });

beforeAll(async () => {
  await tf.setBackend('cpu');
  top = await mkdtemp(join(tmpdir(), 'kd-export-'));
});
afterAll(() => rm(top, { recursive: true, force: true }));

/** An export, and a file of somebody else's in it. */
async function exported(name: string): Promise<string> {
  const folder = join(top, name, 'signs');
  (await exportStudent(optionsFor(folder))).model.dispose();
  await writeFile(join(folder, 'notes.txt'), 'mine');
  return folder;
}

async function contentOf(folder: string): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all((await readdir(folder)).sort().map(async (name) => [name, await readFile(join(folder, name), 'latin1')])));
}

/** Exports anew in a process of its own, until the process kills itself. @param when code that calls `die` */
async function killed(folder: string, when: string): Promise<void> {
  const program = `
import '@tensorflow/tfjs-backend-cpu';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { layers, sequential } from '@tensorflow/tfjs-layers';
const die = () => process.kill(process.pid, 'SIGKILL');
const space = { name: 'sign', kind: 'classes', classes: ['minus', 'plus'] };
const options = { folder: ${JSON.stringify(folder)}, name: 'Anew', student: sequential({ layers: [layers.dense({ inputShape: [3], units: 2, name: 'logits' })] }), heads: [{ space, output: 'logits' }], spaces: new Map([['sign', space]]) };
${when}
const { exportStudent } = await import('@kd/export');
await exportStudent(options);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: join(import.meta.dirname, '..'), stdio: 'ignore' });
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
}

/** Dies as soon as the folder has been renamed so many times. */
const afterRenames = (count: number): string => `let left = ${count};
const { rename } = files;
files.rename = async (from, to) => { await rename(from, to); if (/signs$|old$/.test(to) && --left === 0) die(); };
syncBuiltinESMExports();`;

test('an export that is killed while it is written leaves the one before as it was, and the next one sweeps up', async () => {
  const folder = await exported('killed');
  const before = await contentOf(folder);
  await killed(folder, 'options.facts = async () => die();');
  expect(await contentOf(folder)).toEqual(before);
  expect(await readdir(join(folder, '..'))).toHaveLength(2);
  await expect(exportStudent({ ...optionsFor(folder), facts: () => Promise.reject(new Error('cut off')) })).rejects.toThrow('cut off');
  expect(await contentOf(folder)).toEqual(before);
  expect(await readdir(join(folder, '..'))).toEqual(['signs']);
});

test.each([1, 2])('one that is killed after renaming %i times is brought to its end by the next, whatever becomes of that', async (renames) => {
  const folder = await exported(`swapped-${renames}`);
  const names = await readdir(folder);
  await killed(folder, afterRenames(renames));
  await expect(exportStudent({ ...optionsFor(folder), facts: () => Promise.reject(new Error('cut off')) })).rejects.toThrow('cut off');
  const after = await contentOf(folder);
  expect(Object.keys(after)).toEqual(names.sort());
  expect(after['notes.txt']).toBe('mine');
  expect(JSON.parse(after['labels.json']!)).toMatchObject({ name: 'Anew' });
  expect(await readdir(join(folder, '..'))).toEqual(['signs']);
});

test('a reader meanwhile sees the old one or the new one', async () => {
  const folder = await exported('read');
  const before = await contentOf(folder);
  let seen: Record<string, string> = {};
  const again = await exportStudent({ ...optionsFor(folder), name: 'Again', facts: async () => ((seen = await contentOf(folder)), []) });
  again.model.dispose();
  expect(seen).toEqual(before);
  expect(await contentOf(folder)).toMatchObject({ 'labels.json': expect.stringContaining('"Again"'), 'notes.txt': 'mine' });
});

test('two at once into one folder: the second says who holds it', async () => {
  const folder = await exported('held');
  const facts = async (): Promise<[]> => {
    await expect(exportStudent(optionsFor(folder))).rejects.toThrow(`is in use by process ${process.pid}`);
    return [];
  };
  (await exportStudent({ ...optionsFor(folder), facts })).model.dispose();
});

test('nothing is written through a symbolic link beside it', async () => {
  const elsewhere = join(top, 'elsewhere');
  await mkdir(elsewhere);
  await symlink(elsewhere, join(top, '.linked.kd-tmp'));
  await expect(exportStudent(optionsFor(join(top, 'linked')))).rejects.toThrow(/\.linked\.kd-tmp.*symbolic link/);
  expect(await readdir(elsewhere)).toEqual([]);
});

test('the folder that one stands in stays', async () => {
  const folder = join(top, 'here');
  await mkdir(folder);
  const before = process.cwd();
  process.chdir(folder);
  try {
    await expect(exportStudent(optionsFor('.'))).rejects.toThrow(/it is the folder that you are in/);
  } finally {
    process.chdir(before);
  }
});
