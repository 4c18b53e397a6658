import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { pack } from '../../scripts/pack.mjs';
import { unreachable } from './unreachable.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The README's first JavaScript block after the mark `<!-- consumer -->`. */
async function readmeExample(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const code = /<!-- consumer -->\s*```js\n([\s\S]*?)```/.exec(readme)?.[1];
  expect(code, 'README.md needs a ```js block right after <!-- consumer -->').toBeDefined();
  return code!;
}

test('the published packages run the README’s example in an empty folder', { timeout: 240_000 }, async ({ skip }) => {
  const code = await readmeExample();
  const folder = await mkdtemp(join(tmpdir(), 'kd-consumer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));

  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  try {
    const tarballs = ['packages/core', 'plugins/adaptive-alpha'].map((name) => pack(join(root, name), folder));
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1', ...tarballs], { cwd: folder });
  } catch (error) {
    const problem = unreachable(error);
    skip(problem !== undefined, `npm reaches no registry (${problem})`);
    throw error;
  }

  await writeFile(join(folder, 'example.js'), code);
  const { stdout } = await run(process.execPath, ['example.js'], { cwd: folder });
  expect(stdout).toMatch(/accuracy\D*\d/i);
});
