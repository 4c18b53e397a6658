import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

// Tests read the packages' sources, so nothing has to be built before a test runs.
const conditions = ['@kd/source', 'node', 'import', 'module', 'default'];
const results = process.env['KD_TEST_RESULTS'];

const all = ['{packages,plugins,examples}/*/test/**/*.test.ts', 'test/**/*.test.ts'];
/** Measure or limit the memory of their process, could crash it, or see or set what a process can set only once: each has one of its own. */
const alone = [
  'plugins/backend-tensorflow/test/{binding/*,tfjs-node}.test.ts',
  'plugins/backend-tensorflow/test/memory/*.test.ts',
  'plugins/gpu-memory/test/{limit,promises}.test.ts',
  'packages/core/test/runtime/wasm/{no-simd,start-wasm,training-kernels}.test.ts',
];
/** Compute with TensorFlow, of which a process has one: they share it, and what they leave stays. */
const native = ['plugins/backend-tensorflow/test/{kernels,recording,saved-model}/*.test.ts'];
/** Start processes, and take long. */
const processes = ['packages/cli/test/*.test.ts', 'plugins/backend-tensorflow/test/exit.test.ts', 'plugins/teachers-http/test/run.test.ts', 'packages/node/test/run/*.test.ts', 'test/**/*.test.ts'];
const setupFiles = ['test/fresh-engine.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // In the order of their names. Files that share a process save its start, and the loading of TensorFlow.js.
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'native', include: native, isolate: false } },
      { extends: true, test: { name: 'processes', include: processes, isolate: false, setupFiles } },
      { extends: true, test: { name: 'units', include: all, exclude: [...configDefaults.exclude, ...alone, ...native, ...processes], isolate: false, setupFiles } },
    ],
    pool: 'forks',
    maxWorkers: Math.max(2, availableParallelism()),
    // Figures in tests are the embedded runtime's, whatever this machine has; tests of others start them by themselves.
    env: { KD_TENSORFLOW: 'off' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // TensorFlow.js advertises another package wherever the plain backend computes.
    onConsoleLog: (log) => !log.includes('looks like you are running TensorFlow.js in Node.js'),
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
});
