import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a program of this folder, or of the one above, from the sources: plain Node cannot read them, and one file
 * starts in half the time.
 *
 * @param {string} program
 * @param {string} outfile ends in `.cjs`
 */
export async function bundle(program, outfile) {
  const own = createRequire(import.meta.url);
  const core = createRequire(own.resolve('@kd/core/package.json'));
  const wasm = dirname(core.resolve('@tensorflow/tfjs-backend-wasm'));
  await build({
    entryPoints: [join(import.meta.dirname, program)], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning',
    conditions: ['@kd/source'],
    define: { 'import.meta.url': 'moduleUrl' },
    // The backend of TensorFlow.js looks for its .wasm files beside itself.
    banner: { js: `const moduleUrl = require('node:url').pathToFileURL(__filename).href; __dirname = ${JSON.stringify(wasm)};` },
    plugins: [{ name: 'jiti stays outside', setup: ({ onResolve }) => onResolve({ filter: /^jiti$/ }, () => ({ path: own.resolve('jiti'), external: true })) }],
  });
}

/**
 * What starts a bundled program: with the code that the first process has compiled, and without optimizing more of it
 * than pays off in a second.
 *
 * @param {string} program
 * @returns {string[]} a command and its arguments
 */
export function commandFor(program) {
  return [process.execPath, '--no-opt', '--liftoff-only', join(import.meta.dirname, 'start.mjs'), program];
}
