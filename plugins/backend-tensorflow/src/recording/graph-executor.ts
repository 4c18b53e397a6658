import { createHash } from 'node:crypto';
import { sizeOf } from '@kd/core';
import type { Attribute } from '../binding/attributes.ts';
import type { GraphOutput } from '../binding/c-api.ts';
import { COMPLEX64, INT32, type Values } from '../binding/dtypes.ts';
import type { Executor, TensorMetadata } from '../binding/eager-executor.ts';
import { bytesOf } from '../binding/handles.ts';
import type { Runtime } from '../binding/runtime.ts';
import { Graph, type CalledFunction, type TensorSpec } from './graph.ts';
import { callUnderWay, originOf } from './origin.ts';
import { peakBytesOf, type Use } from './peak-bytes.ts';

/** Draw from a source of TensorFlow's own, which neither a seed nor a resumed run repeats. */
const OWN_RANDOM = /^(Multinomial|Random(Uniform|UniformInt|StandardNormal|Gamma|Poisson|Shuffle)|TruncatedNormal|ParameterizedTruncatedNormal)/;
/** int32 tensors up to this size say shapes and axes; the graph must know their values to know the shapes. */
const SHAPE_LIKE = 16;

/** One operation of a recording, in words that are equal when two recordings do the same. */
export interface Taken {
  readonly words: string;
  /** Of a value from outside: the operation that takes it. */
  readonly takenBy?: string;
  /** Whose stack tells which line of somebody's code asked for it. */
  readonly call: Error;
}

/** A tensor that the recording knows. */
interface Known {
  readonly output: GraphOutput;
  readonly spec: TensorSpec;
  /** What the words of a recording call it. */
  readonly name: string;
  /** Where it was asked for; undefined of an argument. */
  readonly call: Error | undefined;
}

/**
 * Takes operations down in a graph instead of running them. Tensors that it makes up stand for values that are not there:
 * they cannot be read. Tensors that were there before are captured; values made meanwhile become constants.
 */
export class GraphExecutor implements Executor {
  readonly graph: Graph;
  /** Every operation and constant so far, in order. */
  readonly taken: Taken[] = [];
  /** Tensors from outside that the recording uses, in the order of the inputs that stand for them. */
  readonly captured: number[] = [];
  readonly #runtime: Runtime;
  readonly #known = new Map<number, Known>();
  readonly #uses: Use[] = [];
  /** Tensors with a higher number were made since the recording began. */
  readonly #start: number;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.graph = new Graph(runtime);
    this.#start = runtime.handles.reserve();
  }

  knows(id: number): boolean {
    return this.#known.has(id) && !this.#runtime.handles.has(id);
  }

  /** Type and shape of a tensor that the recording knows. */
  specOf(id: number): TensorSpec {
    return this.#known.get(id)!.spec;
  }

  /** Where a tensor that the recording knows was asked for. */
  originOf(id: number): string {
    const call = this.#known.get(id)?.call;
    return call ? originOf(call) : 'an argument';
  }

  /** A tensor that stands for an argument. */
  input(spec: TensorSpec): TensorMetadata {
    return this.#made({ output: this.graph.placeholder(spec), spec, name: `argument ${this.graph.inputs.length - 1}`, call: undefined });
  }

  execute(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): TensorMetadata[] {
    if (OWN_RANDOM.test(name)) throw new Error(`${name} draws random numbers of its own, at ${originOf(callUnderWay())}; draw from the random source that a loss or layer is given`);
    const oper = this.graph.operation(name, attributes, inputs.map((id) => this.output(id, name)));
    const settings = attributes.map(({ name: key, value }) => `${key}=${String(value)}`).join(' ');
    const outputsOf = Array.from({ length: outputs }, (_, index): GraphOutput => ({ oper, index }));
    return this.#took(name, `${this.#words(name, inputs)} ${settings}`, inputs, () => outputsOf.map((output) => ({ output, spec: this.graph.specOf(output, name) })));
  }

  /** Another recording as one operation. @param inputs its arguments, then what it captured */
  call(called: CalledFunction, inputs: readonly number[]): TensorMetadata[] {
    const { operation, outputs } = called;
    const oper = this.graph.call(called, inputs.map((id) => this.output(id, operation)));
    return this.#took(operation, this.#words(operation, inputs), inputs, () => outputs.map((spec, index) => ({ output: { oper, index }, spec })));
  }

  /** The most bytes that the operations so far hold at once, beside arguments and captured tensors. */
  peakBytes(results: readonly number[]): number {
    const held = (id: number): number => {
      const { dtype, shape } = this.specOf(id);
      return bytesOf(dtype, shape);
    };
    return peakBytesOf(this.#uses, held, results);
  }

  /** What stands for a tensor in the graph; where nothing does yet, it is a constant or captured. */
  output(id: number, what: string): GraphOutput {
    const known = this.#known.get(id);
    if (known) return known.output;
    const { dtype, shape } = this.#runtime.handles.get(id, what);
    const spec = { dtype, shape };
    const size = sizeOf(spec);
    const constant = id > this.#start || (dtype === INT32 && shape.length <= 1 && size <= SHAPE_LIKE);
    const values = this.#runtime.tensors.read(id);
    const hash = createHash('sha1').update(rawBytes(values)).digest('base64');
    const call = callUnderWay();
    this.taken.push({ words: `value ${dtype} [${shape.join(', ')}] ${hash}`, takenBy: what, call });
    const filled = constant && size > SHAPE_LIKE && dtype !== COMPLEX64 && isUniform(values);
    const output = filled ? this.graph.filled(spec, values) : constant ? this.graph.constant(id, dtype, what) : this.graph.placeholder(spec);
    if (!constant) this.captured.push(id);
    if (filled) this.#uses.push({ name: 'Fill', inputs: [], outputs: [id] });
    this.#known.set(id, { output, spec, name: String(this.taken.length), call });
    return output;
  }

  #words(name: string, inputs: readonly number[]): string {
    return `${name}(${inputs.map((id) => this.#known.get(id)!.name).join(', ')})`;
  }

  /** Writes an operation down, and gives what it makes its numbers. */
  #took(name: string, words: string, inputs: readonly number[], outputs: () => readonly Pick<Known, 'output' | 'spec'>[]): TensorMetadata[] {
    const call = callUnderWay();
    this.taken.push({ words, call });
    const made = outputs().map((one, index) => this.#made({ ...one, name: `${this.taken.length}:${index}`, call }));
    this.#uses.push({ name, inputs, outputs: made.map(({ id }) => id) });
    return made;
  }

  #made(known: Known): TensorMetadata {
    const id = this.#runtime.handles.reserve();
    this.#known.set(id, known);
    return { id, dtype: known.spec.dtype, shape: [...known.spec.shape] };
  }
}

function rawBytes(values: ArrayBufferView | readonly Uint8Array[]): Uint8Array {
  if (ArrayBuffer.isView(values)) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat(values.flatMap((text) => [Uint8Array.of(0), text]));
}

function isUniform(values: Values | readonly Uint8Array[]): values is Values {
  return ArrayBuffer.isView(values) && (values as Float32Array).every((value) => value === values[0]);
}
