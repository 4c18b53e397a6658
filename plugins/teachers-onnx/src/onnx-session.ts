import { kdError, messageOf } from '@kd/core';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { float32Of, INPUT_TYPES, type Numbers } from './element-types.ts';
import { inputPort, type InputPort } from './input-port.ts';
import type { OnnxFiles } from './onnx-files.ts';
import type { OnnxRuntime } from './onnx-runtime.ts';

/** What goes into an input. */
export interface GivenInput {
  readonly port: InputPort;
  /** The first length is that of the batch. */
  readonly shape: readonly number[];
  readonly values: Numbers;
}

/** What an output gives: a row for each sample. */
export interface OutputRows {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** A model that is open in ONNX Runtime. */
export class OnnxSession {
  readonly inputs: readonly InputPort[];
  /** Names of the outputs that are tensors. */
  readonly outputs: readonly string[];
  readonly #runtime: OnnxRuntime;
  readonly #file: string;
  readonly #session: InferenceSession;

  private constructor(runtime: OnnxRuntime, file: string, session: InferenceSession) {
    this.#runtime = runtime;
    this.#file = file;
    this.#session = session;
    this.inputs = session.inputMetadata.map((metadata) => inputPort(file, metadata));
    if (this.inputs.length === 0) throw kdError('KD_MODEL_INVALID', { file, problem: 'it has no inputs' });
    this.outputs = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  }

  /** @throws KD_MODEL_INVALID where the runtime cannot open it, or it takes what kd's data cannot be */
  static async open(runtime: OnnxRuntime, file: string, { model, external }: OnnxFiles): Promise<OnnxSession> {
    let session: InferenceSession;
    try {
      // Its errors are thrown as well: nothing needs to be printed.
      session = await runtime.InferenceSession.create(model, { externalData: external, logSeverityLevel: 4 });
    } catch (error) {
      throw kdError('KD_MODEL_INVALID', { file, problem: messageOf(error) }, error);
    }
    try {
      return new OnnxSession(runtime, file, session);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** The outputs for `rows` samples. A model that takes batches of one size alone gets them, the last filled up with zeros. */
  async run(given: readonly GivenInput[], rows: number, outputs: readonly string[]): Promise<Record<string, OutputRows>> {
    const size = this.inputs.find(({ batch }) => batch !== undefined)?.batch ?? rows;
    const said: Record<string, OutputRows> = {};
    for (let start = 0; start < rows; start += size) {
      const feeds = Object.fromEntries(given.map((input) => [input.port.name, this.#batchOf(input, start, size)]));
      const answered = await this.#session.run(feeds, outputs);
      for (const name of outputs) {
        const tensor = this.#expectRows(name, answered[name]!, size);
        const lengths = tensor.dims.slice(1);
        const width = lengths.reduce((product, length) => product * length, 1);
        said[name] ??= { shape: [rows, ...lengths], values: new Float32Array(rows * width) };
        said[name].values.set(float32Of(tensor).subarray(0, Math.min(size, rows - start) * width), start * width);
      }
    }
    return said;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  #batchOf({ port: { type }, shape: [rows, ...lengths], values }: GivenInput, start: number, size: number): Tensor {
    const width = lengths.reduce((product, length) => product * length, 1);
    const numbers = INPUT_TYPES.get(type)!(values.subarray(start * width, Math.min(start + size, rows!) * width), size * width);
    return new this.#runtime.Tensor(type, numbers, [size, ...lengths]);
  }

  #expectRows(name: string, tensor: Tensor, rows: number): Tensor {
    if (tensor.dims[0] === rows) return tensor;
    throw kdError('KD_MODEL_INVALID', { file: this.#file, problem: `its output '${name}' is [${tensor.dims.join(', ')}] for ${rows} samples, expected a row for each` });
  }
}
