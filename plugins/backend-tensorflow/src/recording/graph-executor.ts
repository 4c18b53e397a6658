import { createHash } from 'node:crypto';
import { int64s, setAttribute, type Attribute, type AttributeSetter } from '../binding/attributes.ts';
import type { GraphOutput, Pointer } from '../binding/c-api.ts';
import { COMPLEX64, INT32, type Values } from '../binding/dtypes.ts';
import type { Executor, TensorMetadata } from '../binding/eager-executor.ts';
import { bytesOf } from '../binding/handles.ts';
import type { Runtime } from '../binding/runtime.ts';
import { callUnderWay, originOf } from './origin.ts';
import { peakBytesOf, type Use } from './peak-bytes.ts';

/** Operations whose inputs are one list; of `ConcatV2`, all but the axis at its end. */
const LISTS: Readonly<Record<string, 'all' | 'all-but-last'>> = { Pack: 'all', AddN: 'all', IdentityN: 'all', Einsum: 'all', ConcatV2: 'all-but-last' };
/** The number of a list's inputs: the graph counts them itself. */
const COUNTS: ReadonlySet<string> = new Set(['N', 'num_inputs']);
/** Draw from a source of TensorFlow's own, which neither a seed nor a resumed run repeats. */
const OWN_RANDOM = /^(Multinomial|Random(Uniform|UniformInt|StandardNormal|Gamma|Poisson|Shuffle)|TruncatedNormal|ParameterizedTruncatedNormal)/;
/** int32 tensors up to this size say shapes and axes; the graph must know their values to know the shapes. */
const SHAPE_LIKE = 16;

/** A function of the library, and what it gives. */
export interface CalledFunction {
  readonly operation: string;
  readonly fn: Pointer;
  readonly xla: boolean;
  readonly outputs: readonly { readonly dtype: number; readonly shape: readonly number[] }[];
}

/** One operation of a recording, in words that are equal when two recordings do the same. */
export interface Taken {
  readonly words: string;
  /** Of a value from outside: the operation that takes it. */
  readonly takenBy?: string;
  /** Whose stack tells which line of somebody's code asked for it. */
  readonly call: Error;
}

/**
 * Takes operations down in a graph instead of running them. Tensors that it makes up stand for values that are not there:
 * they cannot be read. Tensors that were there before are captured; values made meanwhile become constants.
 */
export class GraphExecutor implements Executor {
  readonly graph: Pointer;
  /** Every operation and constant so far, in order. */
  readonly taken: Taken[] = [];
  readonly inputs: GraphOutput[] = [];
  /** Tensors from outside that the recording uses, in the order of the inputs that stand for them. */
  readonly captured: number[] = [];
  readonly #runtime: Runtime;
  readonly #outputs = new Map<number, GraphOutput>();
  readonly #names = new Map<number, string>();
  readonly #uses: Use[] = [];
  readonly #specs = new Map<number, { readonly dtype: number; readonly shape: readonly number[] }>();
  readonly #set: AttributeSetter;
  readonly #start: number;
  #constants = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const { c } = runtime.native;
    this.graph = c.TF_NewGraph();
    this.#start = runtime.handles.reserve();
    this.#set = {
      string: c.TF_SetAttrString, strings: c.TF_SetAttrStringList, int: c.TF_SetAttrInt, ints: c.TF_SetAttrIntList, float: c.TF_SetAttrFloat, floats: c.TF_SetAttrFloatList,
      bool: c.TF_SetAttrBool, bools: c.TF_SetAttrBoolList, type: c.TF_SetAttrType, types: c.TF_SetAttrTypeList, shape: c.TF_SetAttrShape,
    };
  }

  knows(id: number): boolean {
    return this.#outputs.has(id) && !this.#runtime.handles.has(id);
  }

  /** Type and shape of a tensor that the graph knows. */
  specOf(id: number): { readonly dtype: number; readonly shape: readonly number[] } {
    return this.#specs.get(id)!;
  }

  /** Where a tensor that the graph knows was asked for. */
  originOf(id: number): string {
    const operation = Number(/^(\d+):/.exec(this.#names.get(id) ?? '')?.[1]);
    const taken = this.taken[operation - 1];
    return taken ? originOf(taken.call) : 'an argument';
  }

  /** A tensor that stands for an argument. */
  input(dtype: number, shape: readonly number[]): TensorMetadata {
    const id = this.#runtime.handles.reserve();
    this.#specs.set(id, { dtype, shape });
    this.#remember(id, this.#placeholder(dtype, shape), `argument ${this.inputs.length - 1}`);
    return { id, shape: [...shape], dtype };
  }

  execute(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): TensorMetadata[] {
    if (OWN_RANDOM.test(name)) throw new Error(`${name} draws random numbers of its own, at ${originOf(callUnderWay())}; draw from the random source that a loss or layer is given`);
    const { c } = this.#runtime.native;
    const given = inputs.map((id) => this.output(id, name));
    const description = c.TF_NewOperation(this.graph, name, `${name}_${this.taken.length}`);
    const list = LISTS[name];
    if (list === 'all') c.TF_AddInputList(description, given, given.length);
    else if (list === 'all-but-last') {
      c.TF_AddInputList(description, given.slice(0, -1), given.length - 1);
      c.TF_AddInput(description, given.at(-1)!);
    } else for (const one of given) c.TF_AddInput(description, one);
    for (const attribute of attributes) if (!(list && COUNTS.has(attribute.name))) setAttribute(this.#set, description, attribute);
    const oper = this.#finish(description, name);
    this.taken.push({ words: `${name}(${inputs.map((id) => this.#names.get(id)).join(', ')}) ${attributes.map(({ name: key, value }) => `${key}=${String(value)}`).join(' ')}`, call: callUnderWay() });
    const made = Array.from({ length: outputs }, (_, index) => this.#made({ oper, index }, name, `${this.taken.length}:${index}`));
    this.#uses.push({ name, inputs, outputs: made.map(({ id }) => id) });
    return made;
  }

  /** Another recording as one operation. @param inputs its arguments, then what it captured */
  call({ operation, fn, xla, outputs }: CalledFunction, inputs: readonly number[]): TensorMetadata[] {
    const { native: { c }, status } = this.#runtime;
    c.TF_GraphCopyFunction(this.graph, fn, null, status.pointer);
    status.check(operation);
    const given = inputs.map((id) => this.output(id, operation));
    const description = c.TF_NewOperation(this.graph, operation, `${operation}_${this.taken.length}`);
    for (const one of given) c.TF_AddInput(description, one);
    // Without it TensorFlow would take the function apart.
    if (xla) c.TF_SetAttrBool(description, '_XlaMustCompile', 1);
    const oper = this.#finish(description, operation);
    this.taken.push({ words: `${operation}(${inputs.map((id) => this.#names.get(id)).join(', ')})`, call: callUnderWay() });
    const made = outputs.map(({ dtype, shape }, index) => {
      const id = this.#runtime.handles.reserve();
      c.TF_GraphSetTensorShape(this.graph, { oper, index }, int64s(shape), shape.length, status.pointer);
      status.check(operation);
      this.#remember(id, { oper, index }, `${this.taken.length}:${index}`);
      this.#specs.set(id, { dtype, shape });
      return { id, dtype, shape: [...shape] };
    });
    this.#uses.push({ name: operation, inputs, outputs: made.map(({ id }) => id) });
    return made;
  }

  /** The most bytes that the operations so far hold at once, beside arguments and captured tensors. */
  peakBytes(results: readonly number[]): number {
    const sizeOf = (id: number): number => {
      const { dtype, shape } = this.#specs.get(id)!;
      return bytesOf(dtype, shape);
    };
    return peakBytesOf(this.#uses, sizeOf, results);
  }

  /** What stands for a tensor in the graph; where nothing does yet, it is a constant or captured. */
  output(id: number, what: string): GraphOutput {
    const known = this.#outputs.get(id);
    if (known) return known;
    const { dtype, shape } = this.#runtime.handles.get(id, what);
    const size = shape.reduce((product, length) => product * length, 1);
    const constant = id > this.#start || (dtype === INT32 && shape.length <= 1 && size <= SHAPE_LIKE);
    const values = this.#runtime.tensors.read(id);
    const hash = createHash('sha1').update(rawBytes(values)).digest('base64');
    this.taken.push({ words: `value ${dtype} [${shape.join(', ')}] ${hash}`, takenBy: what, call: callUnderWay() });
    const filled = constant && size > SHAPE_LIKE && dtype !== COMPLEX64 && isUniform(values);
    const output = filled ? this.#filled(dtype, shape, values) : constant ? this.#constant(id, dtype, what) : this.#placeholder(dtype, shape);
    if (!constant) this.captured.push(id);
    if (filled) this.#uses.push({ name: 'Fill', inputs: [], outputs: [id] });
    this.#specs.set(id, { dtype, shape });
    this.#remember(id, output, String(this.taken.length));
    return output;
  }

  #constant(id: number, dtype: number, what: string): GraphOutput {
    const { c } = this.#runtime.native;
    return this.#runtime.tensors.lend(id, what, (tensor) => {
      const description = c.TF_NewOperation(this.graph, 'Const', `const_${this.#constants++}`);
      c.TF_SetAttrTensor(description, 'value', tensor, this.#runtime.status.pointer);
      this.#runtime.status.check('A constant');
      c.TF_SetAttrType(description, 'dtype', dtype);
      return { oper: this.#finish(description, 'A constant'), index: 0 };
    });
  }

  /** Zeros, ones and their like: one value, which is spread when the function runs. */
  #filled(dtype: number, shape: readonly number[], values: Values): GraphOutput {
    const { c } = this.#runtime.native;
    const { tensors, handles } = this.#runtime;
    const made = [tensors.create([shape.length], INT32, shape), tensors.create([], dtype, values.subarray(0, 1))];
    try {
      const inputs = made.map((id, i) => this.#constant(id, i === 0 ? INT32 : dtype, `fill_${i}`));
      const description = c.TF_NewOperation(this.graph, 'Fill', `fill_${this.taken.length}`);
      for (const input of inputs) c.TF_AddInput(description, input);
      return { oper: this.#finish(description, 'A constant'), index: 0 };
    } finally {
      for (const id of made) handles.delete(id);
    }
  }

  #placeholder(dtype: number, shape: readonly number[]): GraphOutput {
    const { c } = this.#runtime.native;
    const description = c.TF_NewOperation(this.graph, 'Placeholder', `input_${this.inputs.length}`);
    c.TF_SetAttrType(description, 'dtype', dtype);
    c.TF_SetAttrShape(description, 'shape', int64s(shape), shape.length);
    const output = { oper: this.#finish(description, 'An input'), index: 0 };
    this.inputs.push(output);
    return output;
  }

  #made(output: GraphOutput, what: string, name: string): TensorMetadata {
    const { c } = this.#runtime.native;
    const rank = c.TF_GraphGetTensorNumDims(this.graph, output, this.#runtime.status.pointer);
    this.#runtime.status.check(what);
    const lengths = new BigInt64Array(Math.max(rank, 0));
    if (rank > 0) c.TF_GraphGetTensorShape(this.graph, output, lengths, rank, this.#runtime.status.pointer);
    this.#runtime.status.check(what);
    if (rank < 0 || lengths.some((length) => length < 0n)) throw new Error(`${what} gives a tensor whose shape depends on values, at ${originOf(callUnderWay())}; a recording must know every shape`);
    const id = this.#runtime.handles.reserve();
    this.#remember(id, output, name);
    const spec = { dtype: c.TF_OperationOutputType(output), shape: Array.from(lengths, Number) };
    this.#specs.set(id, spec);
    return { id, ...spec };
  }

  #finish(description: Pointer, what: string): Pointer {
    const oper = this.#runtime.native.c.TF_FinishOperation(description, this.#runtime.status.pointer);
    this.#runtime.status.check(what);
    return oper;
  }

  #remember(id: number, output: GraphOutput, name: string): void {
    this.#outputs.set(id, output);
    this.#names.set(id, name);
  }
}

function rawBytes(values: ArrayBufferView | readonly Uint8Array[]): Uint8Array {
  if (ArrayBuffer.isView(values)) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat(values.flatMap((text) => [Uint8Array.of(0), text]));
}

function isUniform(values: Values | readonly Uint8Array[]): values is Values {
  return ArrayBuffer.isView(values) && (values as Float32Array).every((value) => value === values[0]);
}
