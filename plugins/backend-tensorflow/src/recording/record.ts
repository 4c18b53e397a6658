import type { Pointer } from '../binding/c-api.ts';
import type { Runtime } from '../binding/runtime.ts';
import type { TensorSpec } from './graph.ts';
import { GraphExecutor, type Taken } from './graph-executor.ts';

/** An argument, also with the name of its type in TensorFlow.js. */
export interface ArgumentSpec extends TensorSpec {
  readonly type: string;
}

/** A function that was taken down. */
export interface Recording {
  /** The name under which TensorFlow runs it as one operation. */
  readonly operation: string;
  /** The function itself, for other recordings that call it. */
  readonly fn: Pointer;
  /** It is one XLA program. */
  readonly xla: boolean;
  readonly inputs: readonly ArgumentSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Tensors from outside that go in after the arguments. */
  readonly captured: readonly number[];
  /** What it was made of; empty once it was compared. */
  readonly taken: readonly Taken[];
  /** The most that it holds at once while it runs, results included, as far as shapes and the recorded order tell. */
  readonly innerBytes: number;
}

let recordings = 0;

/**
 * Runs `body` once with tensors that stand for its arguments, and makes one function of the operations that it asked for.
 *
 * @param body from the numbers of the argument tensors to those of the results
 * @param xla compile it as one XLA program
 */
export function record(runtime: Runtime, inputs: readonly ArgumentSpec[], body: (inputs: readonly (TensorSpec & { readonly id: number })[]) => readonly number[], xla: boolean): Recording {
  const executor = new GraphExecutor(runtime);
  const { graph } = executor;
  const { c } = runtime.native;
  const before = runtime.executor;
  runtime.executor = executor;
  try {
    const results = body(inputs.map((spec) => executor.input(spec)));
    const outputs = results.map((id) => executor.output(id, 'A result'));
    const operation = `kd_${++recordings}`;
    const fn = c.TF_GraphToFunction(graph.pointer, operation, 0, -1, null, graph.inputs.length, graph.inputs, outputs.length, outputs, null, null, null, runtime.status.pointer);
    runtime.status.check('Making one function of a recording');
    try {
      addFunction(runtime, fn, xla);
    } catch (error) {
      c.TF_DeleteFunction(fn);
      throw error;
    }
    const { captured, taken } = executor;
    return { operation, fn, xla, inputs, outputs: results.map((id) => executor.specOf(id)), captured, taken, innerBytes: executor.peakBytes(results) };
  } finally {
    runtime.executor = before;
    graph.delete();
  }
}

/** Frees a recording. */
export function forget(runtime: Runtime, { operation, fn }: Recording): void {
  runtime.native.c.TFE_ContextRemoveFunction(runtime.context, operation, runtime.status.pointer);
  runtime.native.c.TF_DeleteFunction(fn);
}

function addFunction({ native: { c }, status, context }: Runtime, fn: Pointer, xla: boolean): void {
  if (xla) {
    // An `AttrValue` whose field 5, `b`, is true.
    const yes = Uint8Array.of(0x28, 1);
    c.TF_FunctionSetAttrValueProto(fn, '_XlaMustCompile', yes, yes.length, status.pointer);
    status.check('Asking for XLA');
  }
  c.TFE_ContextAddFunction(context, fn, status.pointer);
  status.check('Adding a recorded function');
}
