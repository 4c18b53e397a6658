import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const source = join(import.meta.dirname, '../../plugins/backend-tensorflow/src/library/find-library.ts');

/**
 * Where TensorFlow's library is, as the plugin finds it; read from its sources, so that nothing has to be built first.
 *
 * @param {string} folder for the bundle
 * @returns {Promise<{ folder: string } | { why: string }>}
 */
export async function libraryFolder(folder) {
  const outfile = join(folder, 'find-library.mjs');
  await build({ entryPoints: [source], outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' });
  const { findLibrary } = await import(pathToFileURL(outfile).href);
  return findLibrary();
}
