import { ProtobufMessage } from '@kd/node';

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
  const graph = new ProtobufMessage(file).messages(2).find((meta) => meta.messages(1).some((info) => info.bytes(4).some((tag) => new TextDecoder().decode(tag) === SERVE)));
  if (!graph) return undefined;
  const signatures = [...graph.map(5)].filter(([name]) => name !== INIT);
  return new Map(signatures.map(([name, signature]) => [name, { inputs: portsOf(signature, 1), outputs: portsOf(signature, 2) }]));
}

function portsOf(signature: ProtobufMessage, number: number): ReadonlyMap<string, Port> {
  return new Map([...signature.map(number)].map(([name, info]) => {
    const shape = info.message(3);
    const lengths = shape.messages(2).map((dimension) => dimension.number(1));
    return [name, { tensor: info.text(1), dtype: info.number(2), shape: shape.number(3) ? undefined : lengths }];
  }));
}
