import { mapOf, messagesOf, numberOf, textOf } from './protobuf.ts';

/** One input or output of a signature. */
export interface Port {
  /** The operation and its output in the graph, e.g. `StatefulPartitionedCall:0`. */
  readonly tensor: string;
  /** TensorFlow's number for its type. */
  readonly dtype: number;
  /** -1 where a length is open; undefined where even the rank is. */
  readonly shape: readonly number[] | undefined;
}

export interface Signature {
  readonly inputs: ReadonlyMap<string, Port>;
  readonly outputs: ReadonlyMap<string, Port>;
}

/** The graph of a SavedModel that is made for use. */
export const SERVE = 'serve';
/** What TensorFlow itself calls when it loads one. */
const INIT = '__saved_model_init_op';

/**
 * The signatures in a `saved_model.pb`, by name; undefined where it holds no graph for use. Field numbers are those of
 * `tensorflow/core/protobuf/saved_model.proto` and `meta_graph.proto`.
 */
export function signaturesOf(file: Uint8Array): ReadonlyMap<string, Signature> | undefined {
  const graph = messagesOf(file, 2).find((meta) => messagesOf(meta, 1).some((info) => messagesOf(info, 4).some((tag) => new TextDecoder().decode(tag) === SERVE)));
  if (!graph) return undefined;
  const signatures = [...mapOf(graph, 5)].filter(([name]) => name !== INIT);
  return new Map(signatures.map(([name, message]) => [name, { inputs: portsOf(message, 1), outputs: portsOf(message, 2) }]));
}

function portsOf(signature: Uint8Array, number: number): ReadonlyMap<string, Port> {
  return new Map([...mapOf(signature, number)].map(([name, info]) => {
    const shape = messagesOf(info, 3).at(-1) ?? new Uint8Array();
    const lengths = messagesOf(shape, 2).map((dimension) => numberOf(dimension, 1));
    return [name, { tensor: textOf(info, 1), dtype: numberOf(info, 2), shape: numberOf(shape, 3) ? undefined : lengths }];
  }));
}
