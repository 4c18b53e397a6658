// Makes dist/kernels/stock.js of the tensorflow plugin one file that contains the kernels of TensorFlow.js's Node package,
// so that a user's npm never runs that package's install script. Runs before the plugin is packed.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

const plugin = join(import.meta.dirname, '../plugins/backend-tensorflow');
/** Packages whose licences are in the plugin's THIRD-PARTY-LICENSES. */
const licensed = ['@tensorflow/tfjs-node-gpu'];

const { metafile } = await build({
  entryPoints: [join(plugin, 'src/kernels/stock.ts')],
  outfile: join(plugin, 'dist/kernels/stock.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  metafile: true,
  logLevel: 'warning',
  alias: { '@tensorflow/tfjs': '@tensorflow/tfjs-core' },
  external: ['@tensorflow/tfjs-core'],
  plugins: [{
    name: 'no-tensorboard',
    setup({ onResolve, onLoad }) {
      // The messages of TensorBoard's files, which kd does not write, would bring a protobuf library.
      onResolve({ filter: /\/proto\/api_pb$/ }, ({ resolveDir }) => ({ path: join(resolveDir, 'proto/api_pb.js'), namespace: 'no-tensorboard' }));
      onLoad({ filter: /.*/, namespace: 'no-tensorboard' }, () => ({ contents: 'module.exports = {};' }));
    },
  }],
  banner: { js: "import { createRequire as createRequireHere } from 'node:module';\nconst require = createRequireHere(import.meta.url);" },
});

const root = join(plugin, '../..');
for (const input of Object.keys(metafile.inputs)) {
  if (input.startsWith('no-tensorboard:')) continue;
  const path = relative(root, join(process.cwd(), input));
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (name !== undefined && !licensed.includes(name)) throw new Error(`${input} of '${name}' would be published without its licence; add it to ${join(plugin, 'THIRD-PARTY-LICENSES')}.`);
}
for (const { path, external } of Object.values(metafile.outputs).flatMap(({ imports }) => imports)) {
  if (external && path !== '@tensorflow/tfjs-core' && !/^(node:)?(fs|module|os|path|util)$/.test(path)) throw new Error(`The bundle would need '${path}' at run time.`);
}

// The compiler's own output for the file: its map is of no use now, and its types name the package that the bundle replaces.
rmSync(join(plugin, 'dist/kernels/stock.js.map'), { force: true });
const types = join(plugin, 'dist/kernels/stock.d.ts');
writeFileSync(types, readFileSync(types, 'utf8').replaceAll(/^import '.*';\n/gm, ''));
