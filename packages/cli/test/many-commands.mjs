// Runs the commands that its parent sends, one after the other, each as a process of its own would.
import { main } from '../dist/main.js';

// Each command listens for signals and for readers that go away.
for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);

/** @param {{ cwd: string, args: readonly string[] }} command */
async function answer({ cwd, args }) {
  const said = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    process[name].write = (/** @type {string | Uint8Array} */ text) => {
      said[name] += String(text);
      return true;
    };
  }
  process.chdir(cwd);
  process.exitCode = undefined;
  await main(['node', 'kd', ...args]);
  process.send?.({ code: Number(process.exitCode ?? 0), ...said });
}

let last = Promise.resolve();
process.on('message', (command) => void (last = last.then(() => answer(/** @type {{ cwd: string, args: string[] }} */ (command)))));
