import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a program of this folder, or of the one above, from the sources: plain Node cannot read them, and one file
 * starts in half the time.
 *
 * @param {string} program
 * @param {string} outfile
 */
export async function bundle(program, outfile) {
  const core = createRequire(createRequire(import.meta.url).resolve('@kd/core/package.json'));
  const wasm = dirname(core.resolve('@tensorflow/tfjs-backend-wasm'));
  await build({
    entryPoints: [join(import.meta.dirname, program)], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning',
    conditions: ['@kd/source'],
    // The backend of TensorFlow.js looks for its .wasm files beside itself.
    banner: { js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(${JSON.stringify(outfile)}); const __dirname = ${JSON.stringify(wasm)};` },
    plugins: [{ name: 'jiti stays outside', setup: ({ onResolve }) => onResolve({ filter: /^jiti$/ }, () => ({ path: import.meta.resolve('jiti'), external: true })) }],
  });
}
