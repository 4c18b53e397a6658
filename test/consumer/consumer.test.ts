import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { library } from '../../plugins/backend-tensorflow/test/native.ts';
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

const computing = `
import * as tf from '@tensorflow/tfjs-core';
import { tensorflow } from '@kd/plugin-backend-tensorflow';

const backend = tensorflow.create({ xla: false, eager: false, impure: 'stop', library: process.argv[2] }, { base: process.cwd() });
await backend.start();
const product = backend.compile('product', ({ a, b }) => ({ ab: tf.matMul(a, b) }))({ a: tf.tensor2d([[1, 2], [3, 4]]), b: tf.tensor2d([[5, 6], [7, 8]]) });
const most = tf.topk(product.ab, 1).values; // its kernel asks what Node 23 has removed
console.log(JSON.stringify([...product.ab.dataSync(), ...most.dataSync()]), tf.getBackend());
`;

// One after the other: the first finds nothing that only the second needs, the second need not fetch TensorFlow.js again.
describe('the published packages', { timeout: 240_000 }, () => {
  let folder: string;
  const packed = new Map<string, string>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kd-consumer-'));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What npm makes of the packages in these folders, as they would be published. */
  async function install(names: readonly string[], skip: TestContext['skip']): Promise<void> {
    try {
      for (const name of names) if (!packed.has(name)) packed.set(name, pack(join(root, name), folder));
      await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1', ...names.map((name) => packed.get(name)!)], { cwd: folder });
    } catch (error) {
      const problem = unreachable(error);
      skip(problem !== undefined, `npm reaches no registry (${problem})`);
      throw error;
    }
  }

  test('run the README’s example in an empty folder', async ({ skip }) => {
    await writeFile(join(folder, 'example.js'), await readmeExample());
    await install(['packages/core', 'plugins/adaptive-alpha'], skip);
    const { stdout } = await run(process.execPath, ['example.js'], { cwd: folder });
    expect(stdout).toMatch(/accuracy\D*\d/i);
  });

  test.skipIf(library === undefined)('compute with TensorFlow, and npm knows no package of theirs that downloads another', async ({ skip }) => {
    await writeFile(join(folder, 'program.js'), computing);
    await install(['packages/core', 'packages/node', 'plugins/backend-tensorflow'], skip);
    expect(await readdir(join(folder, 'node_modules/@tensorflow'))).not.toContain('tfjs-node-gpu');
    const { stdout } = await run(process.execPath, ['program.js', library!], { cwd: folder });
    expect(stdout.trim()).toBe('[19,22,43,50,22,50] tensorflow');
  });
});
