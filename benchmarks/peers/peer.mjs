import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A process that trains the same problems in its own way. It reads one request a line and answers each with one line:
 * `open` (take a problem, make five steps, give their losses), `turn` (train for some milliseconds, give a step's time in the
 * fastest stretch of eight; one alone may end early where steps overlap) and `close`. While it waits for its turn it does
 * nothing.
 */
export class Peer {
  #process;
  #lines;
  #last = '';

  constructor(command, args) {
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.on('error', (error) => (this.#last = error.message));
    this.#process.stdin.on('error', () => {});
    this.#process.stderr.on('data', (text) => (this.#last = `${this.#last}${text}`.slice(-2000)));
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The first line that it says: what it is, in which versions, in which ways it trains; or why it cannot. */
  async hello() {
    return this.#answer('hello');
  }

  async ask(request) {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.#answer(request.do);
    if (answer.error) throw new Error(`${request.do} of ${request.problem ?? 'a problem'}: ${answer.error}`);
    return answer;
  }

  end() {
    this.#process.stdin.end();
  }

  async #answer(to) {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`A peer ended at '${to}': ${this.#last.trim()}`);
    return JSON.parse(value);
  }
}
