import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests read the packages' sources, so nothing has to be built before a test runs.
const conditions = ['@kd/source', 'node', 'import', 'module', 'default'];
const results = process.env['KD_TEST_RESULTS'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,plugins,examples}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
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
