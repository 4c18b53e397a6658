// Runs in a process of its own, bundled: `node <bundle> <backend> <file for the results> <TensorFlow's folder>`.
import './jasmine-globals.mjs';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import { writeFileSync } from 'node:fs';
import { startBackend } from './start-backend.mjs';

const [backend, results, library] = /** @type {[string, string, string]} */ (/** @type {unknown} */ (process.argv.slice(2)));
const backendName = await startBackend(backend, library);
setTestEnvs([{ name: backendName, backendName, flags: {}, isDataSync: true }]);
await import('@tensorflow/tfjs-core/dist/tests.js');

/** @type {import('./judge.mjs').Spec[]} */
const specs = [];
/** @type {Map<string, number>} */
const seen = new Map();
const { jasmine } = /** @type {any} */ (globalThis);
const env = jasmine.getEnv();
env.configure({ random: false });
env.addReporter({
  /** @param {{ fullName: string, status: string, failedExpectations: { message: string }[] }} spec */
  specDone({ fullName, status, failedExpectations }) {
    const name = fullName.replace(` ${backendName} {}`, '');
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    specs.push({ name: times > 1 ? `${name} (${times})` : name, status, messages: failedExpectations.map(({ message }) => message) });
  },
});
await env.execute();
writeFileSync(results, JSON.stringify(specs));
process.exit();
