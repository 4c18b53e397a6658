import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { removeFolder, temporaryProject } from './small-project.ts';

const root = join(import.meta.dirname, '../../..');

test('the schema for editors is that of the configs; `node scripts/make-config-schema.mjs` writes it', async () => {
  const folder = await temporaryProject();
  onTestFinished(() => removeFolder(folder));
  const made = join(folder, 'kd.schema.json');
  await promisify(execFile)(process.execPath, [join(root, 'scripts/make-config-schema.mjs'), made]);
  const [kept, fresh] = await Promise.all([join(root, 'packages/cli/schema/kd.schema.json'), made].map(async (file) => JSON.parse(await readFile(file, 'utf8')) as { properties: object }));
  expect(kept).toEqual(fresh);
  expect(Object.keys(kept!.properties)).toEqual(expect.arrayContaining(['$schema', 'extends', 'plugins', 'data', 'labels', 'teachers', 'student', 'train', 'alpha']));
});
