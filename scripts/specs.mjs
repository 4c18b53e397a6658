// Runs TensorFlow.js's own specs on kd's backends: `pnpm specs [tensorflow|wasm] [--json]`.
// A spec that fails must stand, with a reason, in scripts/specs/<backend>.json; one that stands there must fail.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSpecs } from './specs/bundle.mjs';
import { libraryFolder } from './specs/library-folder.mjs';
import { judge } from './specs/judge.mjs';

/** @import { Spec, Verdict } from './specs/judge.mjs' */

const known = ['tensorflow', 'wasm'];
const json = process.argv.includes('--json');
const asked = process.argv.slice(2).filter((argument) => argument !== '--json');
const wrong = asked.find((name) => !known.includes(name));
if (wrong !== undefined) {
  console.error(`There are no specs for '${wrong}'; expected ${known.join(' or ')}.`);
  process.exit(2);
}
/** @param {string} line */
const say = (line) => json || console.log(line);

const folder = mkdtempSync(join(tmpdir(), 'kd-specs-'));
const bundle = join(folder, 'specs.mjs');

/** @param {string} backend @param {string} library @returns {Spec[]} */
function run(backend, library) {
  const results = join(folder, `${backend}.json`);
  try {
    execFileSync(process.execPath, [bundle, backend, results, library], { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28, encoding: 'utf8' });
  } catch (error) {
    const { stderr, stdout, message } = /** @type {Error & { stderr?: string, stdout?: string }} */ (error);
    throw new Error(`The specs on ${backend} ended before their time: ${message}\n${stdout?.slice(-2000)}\n${stderr?.slice(-2000)}`, { cause: error });
  }
  return JSON.parse(readFileSync(results, 'utf8'));
}

/** @type {Record<string, Verdict & { seconds: number } | { skippedBecause: string }>} */
const verdicts = {};
const totals = { passed: 0, failed: 0, skipped: 0 };
try {
  await bundleSpecs(bundle);
  for (const backend of asked.length > 0 ? asked : known) {
    const library = backend === 'tensorflow' ? await libraryFolder(folder) : { folder: '' };
    if ('why' in library) {
      say(`${backend}: skipped: ${library.why}`);
      verdicts[backend] = { skippedBecause: library.why };
      continue;
    }
    const start = Date.now();
    const listed = JSON.parse(readFileSync(join(import.meta.dirname, 'specs', `${backend}.json`), 'utf8'));
    // kd's kernels for wasm may not lose a spec that the plain backend passes.
    const verdict = judge(run(backend, library.folder), listed, backend === 'wasm' ? run('wasm-plain', '') : []);
    const seconds = (Date.now() - start) / 1000;
    verdicts[backend] = { ...verdict, seconds };
    totals.passed += verdict.passed;
    totals.failed += verdict.problems.length;
    totals.skipped += verdict.skipped;
    say(`${backend}: ${verdict.passed} of ${verdict.total} pass, ${verdict.skipped} are listed or left out by TensorFlow.js (${seconds.toFixed(0)} s)`);
    for (const { spec, problem } of verdict.problems) say(`  ${problem}: ${spec}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (json) writeFileSync(1, `${JSON.stringify({ ...totals, backends: verdicts }, null, 2)}\n`);
say(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 ? 0 : 1;
