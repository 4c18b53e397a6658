/** The package.json of an export: npm publishes it, or installs it from its folder. */
export function packageOf(name: string): string {
  return `${JSON.stringify({
    name: name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[._-]+/, '') || 'student', version: '1.0.0', description: 'A model that was distilled with kd.', type: 'module', sideEffects: false,
    exports: { '.': { types: './index.d.ts', default: './index.js' }, './*.json': './*.json', './weights.bin': './weights.bin' },
    files: ['index.js', 'index.d.ts', 'model.json', 'weights.bin', 'labels.json', 'golden.json'],
    peerDependencies: { '@tensorflow/tfjs-core': '^4.22.0', '@tensorflow/tfjs-layers': '^4.22.0' },
  }, null, 2)}\n`;
}
