import { sha256 } from '@kd/node';
import type { InputRows, Nested, OutputRows } from './rows.ts';

/** How far an answer may be from the one before, relative to the largest: servers compute in batches, and in half numbers. */
const TOLERANCE = 0.01;
/** Steps from the largest answer to 0 that are told apart where a model is named. */
const STEPS = 1024;

/**
 * Samples whose answers are known. Every question takes one of them along at its beginning and one at its end: who answers
 * them otherwise is another model.
 */
export class KnownAnswers {
  readonly count: number;
  readonly #inputs: InputRows;
  readonly #said: OutputRows;
  readonly #largest: number;
  #next = 0;

  constructor(inputs: InputRows, said: OutputRows, count: number) {
    this.#inputs = inputs;
    this.#said = said;
    this.count = count;
    this.#largest = said.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  }

  /** Names what was said, but for what rounding changes. */
  get hash(): string {
    const scale = this.#largest > 0 ? STEPS / 2 ** Math.ceil(Math.log2(this.#largest)) : 0;
    return sha256(JSON.stringify([this.#said.shape, Array.from(this.#said.values, (value) => Math.round(value * scale) || 0), Math.ceil(Math.log2(this.#largest || 1))]));
  }

  /** The samples with a known one before and one behind; and which. */
  around(inputs: InputRows): { readonly inputs: InputRows; readonly first: number; readonly last: number } {
    const first = this.#next++ % this.count;
    const last = this.#next++ % this.count;
    const known = (name: string, row: number): Nested => this.#inputs[name]![row]!;
    return { inputs: Object.fromEntries(Object.entries(inputs).map(([name, rows]) => [name, [known(name, first), ...rows, known(name, last)]])), first, last };
  }

  /** What is wrong with the answer at a place, where it is a known one's; undefined when nothing is. */
  problem(known: number, { shape, values }: OutputRows, at: number): string | undefined {
    if (shape.join() !== this.#said.shape.join()) return `its rows are of shape [${shape.join(', ')}], expected [${this.#said.shape.join(', ')}]`;
    const width = this.#said.values.length / this.count;
    for (let i = 0; i < width; i++) {
      const [then, now] = [this.#said.values[known * width + i]!, values[at * width + i]!];
      if (Math.abs(then - now) > TOLERANCE * this.#largest) return `for the same sample it answers ${now} where it was ${then}`;
    }
    return undefined;
  }
}
