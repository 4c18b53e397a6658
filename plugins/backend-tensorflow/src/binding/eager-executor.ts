import { setAttribute, type Attribute, type AttributeSetter } from './attributes.ts';
import type { CApi, Pointer } from './c-api.ts';
import { bytesOf, type Handles } from './handles.ts';
import type { Status } from './status.ts';
import { VIEWS } from './views.ts';

/** What a kernel learns of a tensor that an operation has made. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** Runs operations, or takes them down. */
export interface Executor {
  execute(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): TensorMetadata[];
  /** Whether this number stands for a tensor that has no values. */
  knows?(id: number): boolean;
}

const MOST_OUTPUTS = 4096;
/** So many operations may wait or run in the other thread; who asks for more waits. */
const MOST_AHEAD = 2;

/** Runs each operation at once. */
export class EagerExecutor implements Executor {
  readonly #c: CApi;
  readonly #context: Pointer;
  readonly #status: Status;
  readonly #handles: Handles;
  readonly #device: string | undefined;
  readonly #set: AttributeSetter;
  readonly #outputs = new BigUint64Array(MOST_OUTPUTS);
  readonly #count = new Int32Array(1);
  /** A thread of TensorFlow's own, and the caller's. */
  readonly #elsewhere: Pointer;
  readonly #here: Pointer;

  /** @param device where operations run; where TensorFlow thinks best when left out */
  constructor(c: CApi, context: Pointer, status: Status, handles: Handles, device: string | undefined) {
    this.#c = c;
    this.#context = context;
    this.#status = status;
    this.#handles = handles;
    this.#device = device;
    this.#elsewhere = c.TFE_NewExecutor(1, 0, MOST_AHEAD + 1);
    this.#here = c.TFE_ContextGetExecutorForThread(context);
    // A process that ends under a running operation would crash.
    process.once('exit', () => c.TFE_ExecutorWaitForAllPendingNodes(this.#elsewhere, status.pointer));
    this.#set = {
      string: c.TFE_OpSetAttrString, strings: c.TFE_OpSetAttrStringList, int: c.TFE_OpSetAttrInt, ints: c.TFE_OpSetAttrIntList, float: c.TFE_OpSetAttrFloat, floats: c.TFE_OpSetAttrFloatList,
      bool: c.TFE_OpSetAttrBool, bools: c.TFE_OpSetAttrBoolList, type: c.TFE_OpSetAttrType, types: c.TFE_OpSetAttrTypeList,
      shape: (op, name, shape, rank) => c.TFE_OpSetAttrShape(op, name, shape, rank, status.pointer),
    };
  }

  execute(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): TensorMetadata[] {
    const pointers = this.run(name, attributes, inputs, outputs);
    const made = pointers.map((pointer) => ({ shape: this.#shapeOf(pointer), dtype: this.#c.TFE_TensorHandleDataType(pointer) }));
    const shares = VIEWS.has(name) ? inputs[0] : undefined;
    try {
      if (shares === undefined) this.#handles.reach(made.reduce((sum, { dtype, shape }) => sum + bytesOf(dtype, shape), 0), name);
    } catch (error) {
      for (const pointer of pointers) this.#c.TFE_DeleteTensorHandle(pointer);
      throw error;
    }
    return made.map(({ shape, dtype }, i) => ({ id: this.#handles.add(pointers[i]!, dtype, shape, shares), shape, dtype }));
  }

  /** The addresses of what the operation has made; the caller's. */
  run(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): Pointer[] {
    const c = this.#c;
    const status = this.#status.pointer;
    if (outputs > MOST_OUTPUTS) throw new Error(`${name} is asked for ${outputs} outputs; ${MOST_OUTPUTS} is the most.`);
    const op = c.TFE_NewOp(this.#context, name, status);
    this.#status.check(name);
    try {
      if (this.#device !== undefined) c.TFE_OpSetDevice(op, this.#device, status);
      for (const id of inputs) {
        c.TFE_OpAddInput(op, this.#handles.get(id, name).pointer, status);
        this.#status.check(name);
      }
      for (const attribute of attributes) setAttribute(this.#set, op, attribute);
      this.#count[0] = outputs;
      c.TFE_Execute(op, this.#outputs, this.#count, status);
      this.#status.check(name);
      return Array.from(this.#outputs.subarray(0, this.#count[0]));
    } finally {
      c.TFE_DeleteOp(op);
    }
  }

  /**
   * As {@link run}, but returns while the operation still runs, in a thread of TensorFlow's own; whoever works with its
   * outputs waits for them, and hears there if it failed. Operations that were asked for before it failed fail with it.
   */
  runAhead(name: string, inputs: readonly number[], outputs: number): Pointer[] {
    const c = this.#c;
    // What failed is told to whoever reads it, and to nobody else.
    c.TFE_ExecutorClearError(this.#elsewhere);
    c.TFE_ContextSetExecutorForThread(this.#context, this.#elsewhere);
    try {
      return this.run(name, [], inputs, outputs);
    } finally {
      c.TFE_ContextSetExecutorForThread(this.#context, this.#here);
    }
  }

  #shapeOf(pointer: Pointer): number[] {
    const rank = this.#c.TFE_TensorHandleNumDims(pointer, this.#status.pointer);
    return Array.from({ length: rank }, (_, i) => Number(this.#c.TFE_TensorHandleDim(pointer, i, this.#status.pointer)));
  }
}
