import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import { importDirection } from './eslint/import-direction.js';

// The rooms of @kd/core in the order in which the data walks through them; imports only point back.
const rooms = [
  'errors', 'tensor', 'labels', 'data', 'model', 'knowledge', 'objective', 'step',
  'runtime/backend.ts', 'run', 'plugin', 'runtime', 'built-in', 'config', 'stages',
];

const containerOnly = ['tsyringe', 'reflect-metadata'].map((name) => ({ name, message: 'Only packages/core/src/plugin/container.ts knows the container.' }));
const nodeModules = { group: ['node:*'], message: '@kd/core also runs in browsers; put files and processes into @kd/node.' };
const deepPaths = { group: ['@kd/*/*'], message: "Import from the package's front door." };
const nodeGlobals = ['Buffer', 'process', '__dirname', '__filename', 'setImmediate'].map((name) => ({ name, message: 'Not in browsers.' }));

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'docs/api/', 'coverage/', '**/.kd/'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Random numbers come from the seeded source alone.' }],
      'no-restricted-imports': ['error', { paths: containerOnly, patterns: [deepPaths] }],
    },
  },
  {
    files: ['{packages,plugins}/*/{src,test}/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.tests.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    },
  },
  {
    // A file above 250 lines is two files.
    files: ['{packages,plugins}/*/src/**/*.ts'],
    rules: { 'max-lines': ['error', 250], '@typescript-eslint/no-explicit-any': 'error' },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    plugins: { kd: { rules: { 'import-direction': importDirection } } },
    rules: {
      'kd/import-direction': ['error', { root: join(import.meta.dirname, 'packages/core/src'), rooms }],
      'no-restricted-imports': ['error', { paths: containerOnly, patterns: [nodeModules, deepPaths] }],
      'no-restricted-globals': ['error', ...nodeGlobals],
    },
  },
  {
    // Browsers write ONNX too.
    files: ['packages/export/src/onnx/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*', '@kd/node'], message: 'Not in browsers.' }, deepPaths] }],
      'no-restricted-globals': ['error', ...nodeGlobals],
    },
  },
  {
    files: ['packages/core/src/plugin/{container,reflect-polyfill}.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [nodeModules, deepPaths] }] },
  },
  {
    // Some initialisers of TensorFlow.js ask Math.random; here, and only here, it is replaced by the seeded source.
    files: ['packages/core/src/model/seeded-build.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
);
