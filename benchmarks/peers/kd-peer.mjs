// One of kd's backends as a peer (see peer.mjs): `node kd-peer.mjs tensorflow|wasm`.
import { createInterface } from 'node:readline';
import { startWasm, version } from '@kd/core';
import { tensorflow } from '@kd/plugin-backend-tensorflow';
import { images, problem } from '../problem.mjs';
import { openLoop } from '../bare-loop.mjs';
import { students } from '../students.mjs';

const WARM_UP = 5;
const STRETCH = 8;

/** The ways in which a backend trains. */
async function waysOf(name) {
  if (name === 'wasm') {
    await startWasm();
    return { wasm: {} };
  }
  const ways = {};
  for (const [way, options] of Object.entries({ eager: { eager: true }, compiled: {}, XLA: { xla: true } })) {
    const backend = tensorflow.create({ xla: false, eager: false, impure: 'stop', ...options }, { base: process.cwd() });
    const available = await backend.available();
    if (available !== true) return { missing: available };
    await backend.start();
    ways[way] = backend;
  }
  return ways;
}

const { missing, ...ways } = await waysOf(process.argv[2]);
const say = (answer) => console.log(JSON.stringify(answer));
say(missing ? { missing } : { version: `kd ${version}`, ways: Object.keys(ways) });

const open = new Map();
const requests = {
  async open({ problem: name, student, teachers, way, size, batchSize }) {
    const solved = await problem(student, images(size, students[student].shape), { teachers });
    const loop = openLoop(solved, { batchSize, backend: ways[way] });
    open.set(`${name} ${way}`, loop);
    const losses = [];
    const times = [];
    for (let at = 0; at < WARM_UP; at++) {
      const start = performance.now();
      losses.push(await loop.step());
      times.push(performance.now() - start);
    }
    // A function is recorded at its first call, and again at its second.
    return { losses, first: times[0] + times[1] };
  },
  async turn({ problem: name, way, ms }) {
    const loop = open.get(`${name} ${way}`);
    const end = performance.now() + ms;
    let fastest = Infinity;
    do {
      const start = performance.now();
      for (let at = 0; at < STRETCH; at++) await loop.step();
      fastest = Math.min(fastest, (performance.now() - start) / STRETCH);
    } while (performance.now() < end);
    return { ms: fastest };
  },
  async close({ problem: name, way }) {
    open.get(`${name} ${way}`)?.dispose();
    open.delete(`${name} ${way}`);
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    say(await requests[request.do](request));
  } catch (error) {
    say({ error: error.stack });
  }
}
process.exit(0);
