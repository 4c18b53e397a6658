import type { Random } from '../tensor/random.ts';

/** The rows of one batch; labelled and transfer rows are the same ones in a joint batch. */
export interface SampledRows {
  readonly labelled: Int32Array;
  readonly transfer: Int32Array;
  readonly joint: boolean;
}

export interface SamplerOptions {
  readonly random: Random;
  /** Names the draw, so that units of one run do not share their orders. */
  readonly purpose: string;
  readonly labelled: Int32Array;
  /** Labels that judge the teachers until they are released. */
  readonly heldOut: Int32Array;
  readonly transfer: Int32Array;
  readonly batchSize: number;
  readonly labelledBatchSize: number;
  /**
   * `balanced`: a labelled batch, drawn with replacement, beside a transfer batch in shuffled epochs (few labels);
   * `joint`: one shuffled pass over the transfer set an epoch, each row with whatever label it has.
   */
  readonly mode: 'balanced' | 'joint';
}

/**
 * Which rows each step sees: a pure function of seed and step, so that a resumed run goes on with the same batches.
 */
export class Sampler {
  readonly stepsPerEpoch: number;
  readonly #options: SamplerOptions;
  readonly #released: Int32Array;
  #drawn: { readonly step: number; readonly released: boolean; readonly rows: SampledRows } | undefined;
  #order: { readonly epoch: number; readonly rows: Uint32Array } | undefined;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.stepsPerEpoch = Math.max(1, Math.ceil(options.transfer.length / options.batchSize));
    this.#released = Int32Array.from([...options.labelled, ...options.heldOut]).sort();
  }

  /** The same arrays when asked again for the same step. @param released whether held-out labels are trained on by now */
  rowsAt(step: number, released: boolean): SampledRows {
    if (this.#drawn?.step !== step || this.#drawn.released !== released) this.#drawn = { step, released, rows: this.#draw(step, released) };
    return this.#drawn.rows;
  }

  #draw(step: number, released: boolean): SampledRows {
    const { mode, random, purpose, labelledBatchSize, labelled } = this.#options;
    const transfer = this.#transferRows(step);
    if (mode === 'joint') return { labelled: transfer, transfer, joint: true };
    const pool = released ? this.#released : labelled;
    const drawn = new Int32Array(pool.length === 0 ? 0 : labelledBatchSize);
    const stream = random.stream(`${purpose}/labelled`, step);
    for (let i = 0; i < drawn.length; i++) drawn[i] = pool[stream.int(pool.length)]!;
    return { labelled: drawn, transfer, joint: false };
  }

  #transferRows(step: number): Int32Array {
    const { transfer, batchSize, random, purpose } = this.#options;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (this.#order?.epoch !== epoch) this.#order = { epoch, rows: random.stream(`${purpose}/order`, epoch).permutation(transfer.length) };
    const start = (step % this.stepsPerEpoch) * batchSize;
    const rows = Int32Array.from(this.#order.rows.subarray(start, start + batchSize));
    for (let i = 0; i < rows.length; i++) rows[i] = transfer[rows[i]!]!;
    return rows;
  }
}
