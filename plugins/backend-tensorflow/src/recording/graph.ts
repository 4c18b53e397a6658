import { int64s, setAttribute, type Attribute, type AttributeSetter } from '../binding/attributes.ts';
import type { GraphOutput, Pointer } from '../binding/c-api.ts';
import { INT32, type Values } from '../binding/dtypes.ts';
import type { Runtime } from '../binding/runtime.ts';
import { callUnderWay, originOf } from './origin.ts';

/** Operations whose inputs are one list; of `ConcatV2`, all but the axis at its end. */
const LISTS: Readonly<Record<string, 'all' | 'all-but-last'>> = { Pack: 'all', AddN: 'all', IdentityN: 'all', Einsum: 'all', ConcatV2: 'all-but-last' };
/** The number of a list's inputs: the graph counts them itself. */
const COUNTS: ReadonlySet<string> = new Set(['N', 'num_inputs']);

/** Type and shape of a tensor. */
export interface TensorSpec {
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** A function of the library, and what it gives. */
export interface CalledFunction {
  readonly operation: string;
  readonly fn: Pointer;
  readonly xla: boolean;
  readonly outputs: readonly TensorSpec[];
}

/** A graph of TensorFlow's while it is built, operation by operation. */
export class Graph {
  readonly pointer: Pointer;
  /** The placeholders, in the order in which they were asked for. */
  readonly inputs: GraphOutput[] = [];
  readonly #runtime: Runtime;
  readonly #set: AttributeSetter;
  /** Operations so far, for names that differ. */
  #count = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const { c } = runtime.native;
    this.pointer = c.TF_NewGraph();
    this.#set = {
      string: c.TF_SetAttrString, strings: c.TF_SetAttrStringList, int: c.TF_SetAttrInt, ints: c.TF_SetAttrIntList, float: c.TF_SetAttrFloat, floats: c.TF_SetAttrFloatList,
      bool: c.TF_SetAttrBool, bools: c.TF_SetAttrBoolList, type: c.TF_SetAttrType, types: c.TF_SetAttrTypeList, shape: c.TF_SetAttrShape,
    };
  }

  /** An operation; what it gives is told by {@link specOf}. */
  operation(name: string, attributes: readonly Attribute[], inputs: readonly GraphOutput[]): Pointer {
    const { c } = this.#runtime.native;
    const description = this.#describe(name);
    const list = LISTS[name];
    const listed = list === 'all' ? inputs.length : list === 'all-but-last' ? inputs.length - 1 : 0;
    if (list) c.TF_AddInputList(description, inputs.slice(0, listed), listed);
    for (const input of inputs.slice(listed)) c.TF_AddInput(description, input);
    for (const attribute of attributes) if (!(list && COUNTS.has(attribute.name))) setAttribute(this.#set, description, attribute);
    return this.#finish(description, name);
  }

  /** A function as one operation. @param inputs its arguments, then what it captured */
  call({ operation, fn, xla, outputs }: CalledFunction, inputs: readonly GraphOutput[]): Pointer {
    const { native: { c }, status } = this.#runtime;
    c.TF_GraphCopyFunction(this.pointer, fn, null, status.pointer);
    status.check(operation);
    const description = this.#describe(operation);
    for (const input of inputs) c.TF_AddInput(description, input);
    // Without it TensorFlow would take the function apart.
    if (xla) c.TF_SetAttrBool(description, '_XlaMustCompile', 1);
    const oper = this.#finish(description, operation);
    outputs.forEach(({ shape }, index) => {
      c.TF_GraphSetTensorShape(this.pointer, { oper, index }, int64s(shape), shape.length, status.pointer);
      status.check(operation);
    });
    return oper;
  }

  /** A value that is given when the function runs. */
  placeholder({ dtype, shape }: TensorSpec): GraphOutput {
    const { c } = this.#runtime.native;
    const description = this.#describe('Placeholder');
    c.TF_SetAttrType(description, 'dtype', dtype);
    c.TF_SetAttrShape(description, 'shape', int64s(shape), shape.length);
    const output = { oper: this.#finish(description, 'An input'), index: 0 };
    this.inputs.push(output);
    return output;
  }

  /** The value that a tensor has now. @param what who takes it, for the message */
  constant(id: number, dtype: number, what: string): GraphOutput {
    const { native: { c }, status, tensors } = this.#runtime;
    return tensors.lend(id, what, (tensor) => {
      const description = this.#describe('Const');
      c.TF_SetAttrTensor(description, 'value', tensor, status.pointer);
      status.check('A constant');
      c.TF_SetAttrType(description, 'dtype', dtype);
      return { oper: this.#finish(description, 'A constant'), index: 0 };
    });
  }

  /** Zeros, ones and their like: the first of the values, which is spread when the function runs. */
  filled({ dtype, shape }: TensorSpec, values: Values): GraphOutput {
    const { tensors, handles } = this.#runtime;
    const lengths = tensors.create([shape.length], INT32, shape);
    const value = tensors.create([], dtype, values.subarray(0, 1));
    try {
      return { oper: this.operation('Fill', [], [this.constant(lengths, INT32, 'Fill'), this.constant(value, dtype, 'Fill')]), index: 0 };
    } finally {
      for (const id of [lengths, value]) handles.delete(id);
    }
  }

  /** What an operation gives, as far as the graph can tell. Throws where the shape depends on values. */
  specOf(output: GraphOutput, what: string): TensorSpec {
    const { native: { c }, status } = this.#runtime;
    const rank = c.TF_GraphGetTensorNumDims(this.pointer, output, status.pointer);
    status.check(what);
    const lengths = new BigInt64Array(Math.max(rank, 0));
    if (rank > 0) c.TF_GraphGetTensorShape(this.pointer, output, lengths, rank, status.pointer);
    status.check(what);
    if (rank < 0 || lengths.some((length) => length < 0n)) throw new Error(`${what} gives a tensor whose shape depends on values, at ${originOf(callUnderWay())}; a recording must know every shape`);
    return { dtype: c.TF_OperationOutputType(output), shape: Array.from(lengths, Number) };
  }

  delete(): void {
    this.#runtime.native.c.TF_DeleteGraph(this.pointer);
  }

  #describe(type: string): Pointer {
    return this.#runtime.native.c.TF_NewOperation(this.pointer, type, `${type}_${this.#count++}`);
  }

  #finish(description: Pointer, what: string): Pointer {
    const oper = this.#runtime.native.c.TF_FinishOperation(description, this.#runtime.status.pointer);
    this.#runtime.status.check(what);
    return oper;
  }
}
