import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWasm } from '@kd/core';
import { Peer } from './peers/peer.mjs';
import { writeProblem } from './peers/problem-files.mjs';

export const about = 'a training step on each runtime, against Keras in graph mode and PyTorch on the same cores';
export const goal = 'compiled at most 1.0 times the best peer, distillation at most 1.1 times plain training, recording under 3 s';

const names = ['MLP 784-64-64-10', 'MLP 784-800-800-10', 'CNN 32-64-128', 'separable CNN, batch norm', 'LSTM 64 on 28 rows', 'transformer, 64 tokens'];
const batch = { size: 2048, batchSize: 128 };
/** Losses of the first steps may differ by float rounding, which the optimizer carries on. */
const TOLERANCE = 5e-3;

const folderOf = (name) => new URL(name, import.meta.url).pathname;

/** Every way of training the same problems: kd's backends, and the peers that can be imported. */
async function startPeers(python) {
  const commands = {
    kd: [process.execPath, [folderOf('peers/kd-peer.mjs'), 'tensorflow']],
    'kd wasm': [process.execPath, [folderOf('peers/kd-peer.mjs'), 'wasm']],
    ...(python && { Keras: [python, ['-uB', folderOf('peers/keras_peer.py')]], PyTorch: [python, ['-uB', folderOf('peers/torch_peer.py')]] }),
  };
  const peers = {};
  const left = python ? {} : { 'Keras and PyTorch': 'no --python was given' };
  const versions = [];
  for (const [name, command] of Object.entries(commands)) {
    const peer = new Peer(...command);
    const { missing, version, ways } = await peer.hello().catch((error) => ({ missing: error.message }));
    if (missing) left[name] = missing;
    else {
      peers[name] = { peer, ways };
      if (!versions.includes(version)) versions.push(version);
    }
  }
  return { peers, left, versions };
}

/** A step of each way, in milliseconds, at its fastest. All ways take turns, so that a busy machine is fair to all. */
async function measure(peers, problem, { rounds, ms }) {
  const ways = Object.entries(peers).flatMap(([name, { peer, ways: own }]) => own.map((way) => ({ name: name.endsWith(way) ? name : `${name} ${way}`, peer, way })))
    .filter(({ way }) => problem.student.startsWith('LSTM') || !way.endsWith('unrolled'));
  const request = (what, way) => ({ do: what, problem: problem.name, way, ...problem, ms });
  const opened = {};
  for (const { name, peer, way } of ways) opened[name] = await peer.ask(request('open', way));
  expectSameLosses(problem.name, opened);
  const fastest = Object.fromEntries(ways.map(({ name }) => [name, Infinity]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, peer, way } of ways) fastest[name] = Math.min(fastest[name], (await peer.ask(request('turn', way))).ms);
  }
  for (const { peer, way } of ways) await peer.ask(request('close', way));
  return { fastest, recording: opened['kd compiled']?.first };
}

/** Peers that compute something else would be no peers. */
function expectSameLosses(problem, opened) {
  const [[first, { losses: wanted }], ...others] = Object.entries(opened);
  for (const [name, { losses }] of others) {
    const differs = losses.findIndex((loss, i) => !(Math.abs(loss - wanted[i]) <= TOLERANCE * Math.abs(wanted[i])));
    if (differs >= 0) throw new Error(`${problem}: the losses of '${name}' are ${losses}, those of '${first}' ${wanted}.`);
  }
}

const bestOf = (figures, start) => Math.min(...Object.entries(figures).filter(([name]) => name.startsWith(start)).map(([, ms]) => ms), Infinity);

export async function run({ quick, python, only }) {
  const folder = await mkdtemp(join(tmpdir(), 'kd-runtimes-'));
  const { peers, left, versions } = await startPeers(python);
  const rows = [];
  const ratios = {};
  try {
    await startWasm();
    for (const student of names.filter((name) => name.includes(only ?? ''))) {
      const each = {};
      for (const teachers of [false, true]) {
        const name = `${student}, ${teachers ? 'distillation' : 'plain'}`;
        const problem = { name, student, teachers, folder: join(folder, name.replaceAll(' ', '-')), ...batch };
        await writeProblem(problem.folder, problem);
        const { fastest, recording } = await measure(peers, problem, quick ? { rounds: 4, ms: 150 } : { rounds: 8, ms: 300 });
        for (const [way, ms] of Object.entries(fastest)) rows.push({ label: `${name}: ${way}`, ms });
        each[name] = fastest['kd compiled'];
        if (each[name] === undefined) continue;
        const peer = Math.min(bestOf(fastest, 'Keras'), bestOf(fastest, 'PyTorch'));
        if (Number.isFinite(peer)) {
          ratios[`${name}: compiled / best peer`] = each[name] / peer;
          ratios[`${name}: XLA / best peer`] = fastest['kd XLA'] / peer;
        }
        ratios[`${name}: eager / compiled`] = fastest['kd eager'] / each[name];
        ratios[`${name}: recording, in seconds`] = recording / 1000;
      }
      const [plain, distillation] = Object.values(each);
      if (plain) ratios[`${student}: distillation / plain, compiled`] = distillation / plain;
    }
  } finally {
    for (const { peer } of Object.values(peers)) peer.end();
    await rm(folder, { recursive: true, force: true });
  }
  return { rows, ratios, notes: [...versions, ...Object.entries(left).map(([name, why]) => `left out: ${name}, for ${why}`)] };
}
