import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './pages.ts';

/** A folder outside the project in which our packages, as they are built, can be imported as if they were installed. */
export async function makeSandbox(): Promise<string> {
  const folder = realpathSync(await mkdtemp(join(tmpdir(), 'kd-docs-')));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@kd'), { recursive: true });
  await mkdir(join(modules, '@tensorflow'));
  await mkdir(join(modules, '@types'));
  for (const name of ['core', 'node', 'testing']) await symlink(built(join(root, 'packages', name)), join(modules, '@kd', name), 'junction');
  for (const name of await readdir(join(root, 'plugins'))) await symlink(built(join(root, 'plugins', name)), join(modules, '@kd', `plugin-${name}`), 'junction');
  for (const name of ['tfjs-core', 'tfjs-layers', 'tfjs-backend-wasm', 'tfjs-backend-cpu']) await symlink(packageFolder(`@tensorflow/${name}`, root), join(modules, '@tensorflow', name), 'junction');
  await symlink(packageFolder('zod', join(root, 'packages/core')), join(modules, 'zod'), 'junction');
  await symlink(packageFolder('@types/node', root), join(modules, '@types/node'), 'junction');
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  return folder;
}

function built(folder: string): string {
  if (!existsSync(join(folder, 'dist/index.js'))) throw new Error(`${folder} is not built: run \`pnpm build\` first`);
  return folder;
}

function packageFolder(name: string, from: string): string {
  return realpathSync(dirname(createRequire(join(from, 'package.json')).resolve(`${name}/package.json`)));
}
