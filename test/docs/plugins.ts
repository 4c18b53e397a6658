import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from '@kd/core';
import { root } from './pages.ts';

/** Our plugins and what @kd/node adds; what is built in is not among them. */
export async function installedPlugins(): Promise<readonly Plugin[]> {
  const files = ['packages/node/src/run/node-plugin.ts', ...readdirSync(join(root, 'plugins')).map((name) => `plugins/${name}/src/index.ts`)];
  return Promise.all(files.map(async (file) => {
    const module = (await import(join(root, file))) as { default?: Plugin; nodePlugin?: Plugin };
    return (module.default ?? module.nodePlugin)!;
  }));
}
