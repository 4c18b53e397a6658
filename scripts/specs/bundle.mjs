import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const { resolve } = createRequire(join(root, 'package.json'));
/** Modules that the bundle leaves where they are: what is native, or finds files beside itself. */
const outside = {
  koffi: createRequire(join(root, 'plugins/backend-tensorflow/package.json')).resolve('koffi'),
  '@tensorflow/tfjs-backend-wasm': resolve('@tensorflow/tfjs-backend-wasm'),
  'jasmine-core/lib/jasmine-core/jasmine.js': resolve('jasmine-core/lib/jasmine-core/jasmine.js'),
};

/**
 * One file with TensorFlow.js's specs and the backends' sources. The specs import without extensions, and their package
 * marks them as free of side effects; both need a bundler that is told so.
 *
 * @param {string} outfile
 */
export async function bundleSpecs(outfile) {
  await build({
    entryPoints: [join(import.meta.dirname, 'run-specs.mjs')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@kd/source'],
    // The specs bring the core's modules; everything else its CommonJS file, whose classes those of the Node package can
    // extend. The two share one engine and one registry of kernels.
    mainFields: ['main', 'module'],
    alias: { '@tensorflow/tfjs': '@tensorflow/tfjs-core' },
    ignoreAnnotations: true,
    logLevel: 'error',
    plugins: [{
      name: 'outside',
      setup({ onResolve }) {
        for (const [name, path] of Object.entries(outside)) {
          onResolve({ filter: new RegExp(`^${name.replaceAll(/[/.]/g, '\\$&')}$`) }, () => ({ path, external: true }));
        }
      },
    }],
    banner: { js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);" },
  });
}
