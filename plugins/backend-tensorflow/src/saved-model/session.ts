import type { GraphOutput, Pointer } from '../binding/c-api.ts';
import type { Runtime } from '../binding/runtime.ts';
import { SERVE, type Port } from './signatures.ts';

/** A SavedModel that is loaded and can be asked. */
export interface Session {
  /** The numbers of new tensors with the outputs. @param inputs a tensor for each port, of its type */
  run(inputs: ReadonlyMap<Port, number>, outputs: readonly Port[]): readonly number[];
  close(): void;
}

/** Loads the graph and the variables of a SavedModel. Throws what TensorFlow says of it. */
export function openSession(runtime: Runtime, folder: string): Session {
  const { native: { c }, status } = runtime;
  const graph = c.TF_NewGraph();
  const options = c.TF_NewSessionOptions();
  let session: Pointer;
  try {
    const { config } = runtime;
    if (config.length > 0) c.TF_SetConfig(options, config, config.length, status.pointer);
    status.check("TensorFlow's configuration");
    session = c.TF_LoadSessionFromSavedModel(options, null, folder, [SERVE], 1, graph, null, status.pointer);
    status.check('Loading a SavedModel');
  } catch (error) {
    c.TF_DeleteGraph(graph);
    throw error;
  } finally {
    c.TF_DeleteSessionOptions(options);
  }
  const find = ({ tensor }: Port): GraphOutput => {
    const [, name, index] = /^(.*?)(?::(\d+))?$/.exec(tensor)!;
    const oper = c.TF_GraphOperationByName(graph, name!);
    if (!oper) throw new Error(`its graph has no operation '${name}'`);
    return { oper, index: Number(index ?? 0) };
  };
  return {
    run: (inputs, outputs) => runSession(runtime, session, [...inputs].map(([port, id]) => [find(port), id]), outputs.map(find)),
    close() {
      c.TF_CloseSession(session, status.pointer);
      c.TF_DeleteSession(session, status.pointer);
      c.TF_DeleteGraph(graph);
    },
  };
}

function runSession({ native: { c }, status, handles, tensors }: Runtime, session: Pointer, inputs: readonly (readonly [GraphOutput, number])[], outputs: readonly GraphOutput[]): readonly number[] {
  const values = new BigUint64Array(outputs.length);
  /** Each input is lent while those after it are, and the session runs within the last. */
  const lend = (lent: readonly Pointer[]): void => {
    const next = inputs[lent.length];
    if (next) return tensors.lend(next[1], 'A SavedModel', (tensor) => lend([...lent, tensor]));
    c.TF_SessionRun(session, null, inputs.map(([place]) => place), BigUint64Array.from(lent), lent.length, outputs, values, outputs.length, null, 0, null, status.pointer);
  };
  lend([]);
  status.check('A SavedModel');
  try {
    return Array.from(values, (tensor) => {
      const pointer = c.TFE_NewTensorHandle(tensor, status.pointer);
      status.check('A result of a SavedModel');
      const shape = Array.from({ length: c.TF_NumDims(tensor) }, (_, axis) => Number(c.TF_Dim(tensor, axis)));
      return handles.add(pointer, c.TF_TensorType(tensor), shape);
    });
  } finally {
    for (const tensor of values) c.TF_DeleteTensor(tensor);
  }
}
