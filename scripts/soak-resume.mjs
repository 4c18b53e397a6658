// Cuts runs off again and again and compares what they end with, byte for byte, with a run that nothing disturbed.
// node scripts/soak-resume.mjs [runs, default 10] [kills a run, default 20] [first seed, default 1]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, commandFor } from '../packages/node/test/run/driver/bundle.mjs';

const [runs = 10, kills = 20, firstSeed = 1] = process.argv.slice(2).map(Number);
const top = mkdtempSync(join(tmpdir(), 'kd-soak-'));
const base = join(top, 'data');
const driver = join(top, 'run-once.cjs');
await bundle('run-once.ts', driver);
const { writeSmallData } = await load('../small-data.ts');
const { filesOf } = await load('../run-files.ts');
writeSmallData(base);

/** @param {string} program */
async function load(program) {
  const file = join(top, `${program.replace(/\W/g, '')}.cjs`);
  await bundle(program, file);
  return import(pathToFileURL(file).href);
}

/** Numbers from 0 to 1, the same for the same seed. @param {number} seed */
function numbersFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {Record<string, unknown>} job
 * @param {{ signal: NodeJS.Signals, after: number }} [from] a signal from outside, after so many milliseconds
 * @returns {Promise<{ signal: string | null, outcome: any, stderr: string }>}
 */
function start(job, from) {
  const [command = '', ...rest] = commandFor(driver);
  const child = spawn(command, [...rest, JSON.stringify({ base, ...job })], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = from && setTimeout(() => child.kill(from.signal), from.after);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  return new Promise((resolve) => child.on('close', (_, signal) => {
    clearTimeout(timer);
    const last = stdout.trim().split('\n').at(-1) ?? '';
    resolve({ signal, stderr, outcome: last.startsWith('{') ? JSON.parse(last) : undefined });
  }));
}

/** One run, cut off in one of four ways until it has been cut off often enough. @param {number} seed */
async function soak(seed) {
  const random = numbersFrom(seed);
  const changes = { seed };
  const straight = join(top, `straight-${seed}`);
  const crooked = join(top, `crooked-${seed}`);
  const done = { seed, kills: 0, terms: 0, processes: 0, problem: '' };
  const first = await start({ folder: straight, changes });
  if (!first.outcome?.done) return { ...done, problem: first.outcome?.message ?? first.stderr };
  for (let ended = false; !ended && done.problem === '';) {
    const enough = done.kills + done.terms >= kills;
    const way = enough ? 4 : Math.floor(random() * 4);
    const count = 1 + Math.floor(random() * (way === 0 ? 9 : 60));
    const own = way === 0 ? { kill: { label: 'step*', count } } : way === 1 ? { kill: { label: '*', count } } : {};
    /** @type {{ signal: NodeJS.Signals, after: number } | undefined} */
    const from = way === 2 ? { signal: 'SIGKILL', after: 150 + random() * 900 } : way === 3 ? { signal: 'SIGTERM', after: 600 + random() * 600 } : undefined;
    const { signal, outcome, stderr } = await start({ folder: crooked, changes, ...own }, from);
    done.processes++;
    if (signal === 'SIGKILL') done.kills++;
    else if (outcome?.code === 'KD_STOPPED' || signal === 'SIGTERM') done.terms++;
    else if (outcome?.done) ended = enough || done.processes > 4 * kills;
    else done.problem = outcome?.message ?? stderr;
    if (outcome?.warnings?.length > 0) done.problem = outcome.warnings.join('; ');
    // A run that came through before it was cut off often enough loses its student, and goes on from there.
    if (outcome?.done && !ended) rmSync(join(crooked, 'units'), { recursive: true });
  }
  const [expected, found] = [filesOf(straight), filesOf(crooked)];
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].filter((name) => expected[name] !== found[name]);
  if (done.problem === '' && names.length > 0) done.problem = `other bytes in ${names.join(', ')}`;
  if (done.problem === '') for (const folder of [straight, crooked]) rmSync(folder, { recursive: true });
  return done;
}

const seeds = Array.from({ length: runs }, (_, i) => firstSeed + i);
/** @type {Awaited<ReturnType<typeof soak>>[]} */
const results = [];
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const result = await soak(seed);
    results.push(result);
    console.log(`seed ${seed}: ${result.kills} kills, ${result.terms} SIGTERM, ${result.processes} processes: ${result.problem || 'the same bytes'}`);
  }
}));
const failed = results.filter(({ problem }) => problem !== '');
const total = results.reduce((sum, { kills: killed, terms }) => sum + killed + terms, 0);
console.log(`${results.length - failed.length} of ${results.length} runs ended with the same bytes, after ${total} kills and signals.`);
if (failed.length === 0) rmSync(top, { recursive: true });
else {
  console.log(`What they left is in ${top}.`);
  process.exitCode = 1;
}
