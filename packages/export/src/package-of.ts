export const VERSION = '1.0.0';

/** What npm may call it. */
export function packageName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[._-]+/, '') || 'student';
}

/** The package.json of an export: npm publishes it, or packs it. @param onnx whether `model.onnx` is there, too */
export function packageOf(name: string, onnx: boolean): string {
  return `${JSON.stringify({
    name: packageName(name), version: VERSION, description: 'A model that was distilled with kd.', type: 'module', sideEffects: false,
    exports: { '.': { types: './index.d.ts', default: './index.js' }, './*.json': './*.json', './weights.bin': './weights.bin', ...(onnx && { './model.onnx': './model.onnx' }) },
    files: ['index.js', 'index.d.ts', 'model.json', 'weights.bin', 'labels.json', 'golden.json', ...(onnx ? ['model.onnx'] : [])],
    peerDependencies: { '@tensorflow/tfjs-core': '^4.22.0', '@tensorflow/tfjs-layers': '^4.22.0' },
  }, null, 2)}\n`;
}
