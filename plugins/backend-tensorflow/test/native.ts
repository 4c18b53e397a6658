import { describe } from 'vitest';
import type { Backend } from '@kd/core';
import { findLibrary, isFound, tensorflow, type TensorflowOptions } from '../src/index.ts';

// Tests do not compute with TensorFlow unless they say so: `KD_TENSORFLOW` is off for them. `KD_TEST_TENSORFLOW` names a
// library for those that do; else it is the one that a run would find.
const { KD_TENSORFLOW: _off, ...environment } = process.env;
const found = await findLibrary({ library: process.env['KD_TEST_TENSORFLOW'], environment });

/** The folder of the library; undefined where this machine has none, and native tests are skipped. */
export const library: string | undefined = isFound(found) ? found.folder : undefined;

/** Tests that need the library. */
export const describeNative: (name: string, body: () => void) => void = describe.skipIf(library === undefined);

/** TensorFlow, started; what it warns of is told by `warnings`. */
export async function startNative(options: Partial<TensorflowOptions> = {}): Promise<Backend & { readonly warnings: string[] }> {
  const warnings: string[] = [];
  const backend = tensorflow.create({ xla: false, eager: false, impure: 'eager', library, ...options }, { base: process.cwd() });
  backend.warn = (message) => void warnings.push(message);
  await backend.start();
  return Object.assign(backend, { warnings });
}
