import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { kdInOneProcess } from './kd.ts';
import { removeFolder, temporaryProject } from './small-project.ts';

const kd = kdInOneProcess();
const tsc = join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');

test('kd init writes a config that the compiler accepts, and never over one', async () => {
  const folder = await temporaryProject({ 'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, skipLibCheck: true, types: [] }, files: ['kd.config.ts', 'wrong.ts'] }) });
  onTestFinished(() => removeFolder(folder));
  const file = join(folder, 'kd.config.ts');
  const written = await kd(folder, 'init', '--json');
  expect(written.code).toBe(0);
  expect(JSON.parse(written.stdout)).toEqual({ schema: 1, file });
  const text = await readFile(file, 'utf8');
  // The compiler does look: another word is refused.
  await writeFile(join(folder, 'wrong.ts'), text.replace('epochs:', 'epocks:'));
  const compiled = promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false']).then(() => '', (error: { stdout: string }) => error.stdout);
  const [again, mistakes] = await Promise.all([kd(folder, 'init'), compiled]);
  expect(mistakes.match(/error TS/g)).toHaveLength(1);
  expect(mistakes).toMatch(/wrong\.ts.*'epocks' does not exist/);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('is there already');
  expect(await readFile(file, 'utf8')).toBe(text);
});

test.each([
  ['kd.config.json', '{}', ''],
  ['kd.config.yml', 'name: x', ''],
  ['package.json', '{ "kd": { "name": "x" } }', 'The config in '],
])('kd init refuses to write beside %s', async (name, text, before) => {
  const folder = await temporaryProject({ [name]: text });
  onTestFinished(() => removeFolder(folder));
  const { code, stderr } = await kd(folder, 'init');
  expect(code).toBe(2);
  expect(stderr).toContain(`${before}${join(folder, name)} is there already`);
  expect(await readdir(folder)).toEqual([name]);
});
