import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findBackendFactory, memory, setBackend } from '@tensorflow/tfjs-core';
import { defineBackend, kdError, type Backend, type Strategy } from '@kd/core';
import { z } from 'zod';

export interface TfjsNodeOptions {
  /** The folder whose `node_modules` has the package; the working folder when left out. */
  readonly folder?: string | undefined;
}

const options: z.ZodType<TfjsNodeOptions> = z.strictObject({ folder: z.string().min(1).optional() });

/** The packages that may be there, the faster one first. */
const PACKAGES: readonly string[] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** TensorFlow.js's own Node package, where the project has it and its addon loads: one operation at a time. */
export const tfjsNode: Strategy<'backend', TfjsNodeOptions, {}> = defineBackend({
  name: 'tfjs-node-gpu',
  summary: "TensorFlow.js's own Node package, tfjs-node-gpu or tfjs-node, where your project has it and its addon loads.",
  options,
  create: ({ folder = '.' }) => backendOf(resolve(folder)),
});

function backendOf(folder: string): Backend {
  return {
    name: 'tfjs-node-gpu',
    // Only for those who ask for it: `auto` takes kd's own runtimes.
    rank: 0,
    async available() {
      const found = await usablePackage(folder);
      return 'why' in found ? found.why : true;
    },
    async start() {
      const found = await usablePackage(folder);
      if ('why' in found) throw kdError('KD_BACKEND_UNAVAILABLE', { backend: 'tfjs-node-gpu', why: found.why });
      // Its kernels ask a function that newer Nodes lack.
      await import('./kernels/restore-util.ts');
      createRequire(found.path)(found.path);
      await setBackend('tensorflow');
      loaded.add(found.path);
    },
    memory() {
      const { numTensors, numBytes } = memory();
      return { tensors: numTensors, bytes: numBytes };
    },
  };
}

/** Packages that this process has loaded. */
const loaded = new Set<string>();

/** The first package that is there and loads. Tried in a process of its own, for a process can load one TensorFlow alone. */
async function usablePackage(folder: string): Promise<{ readonly path: string } | { readonly why: string }> {
  const problems: string[] = [];
  for (const name of PACKAGES) {
    const path = packageOf(folder, name);
    if (path === undefined) continue;
    if (loaded.has(path)) return { path };
    if (findBackendFactory('tensorflow')) return { why: "kd's own TensorFlow has started in this process, which cannot have two" };
    try {
      await promisify(execFile)(process.execPath, ['-e', 'require(process.argv[1])', path]);
      return { path };
    } catch (error) {
      problems.push(`${name} is installed, but does not load: ${reasonIn((error as { stderr?: string }).stderr ?? String(error))}`);
    }
  }
  return { why: problems.join('; ') || `neither ${PACKAGES.join(' nor ')} is installed in ${folder}` };
}

/** The package's first file, where the project, or a folder above it, has it; packages that lie elsewhere are not meant. */
function packageOf(folder: string, name: string): string | undefined {
  const { resolve: find } = createRequire(join(folder, 'package.json'));
  const place = find.paths(name)?.find((modules) => folder.startsWith(dirname(modules)) && existsSync(join(modules, name, 'package.json')));
  return place === undefined ? undefined : find(join(place, name));
}

/** The error's own line among those that Node prints. */
function reasonIn(printed: string): string {
  return /^(?:\w*Error): (.*)$/m.exec(printed)?.[1] ?? printed.trim().split('\n')[0]!;
}
