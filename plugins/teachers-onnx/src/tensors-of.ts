import type { ProtobufMessage } from '@kd/node';

/** A tensor that an ONNX file holds. */
export interface OnnxTensor {
  /** ONNX's number for its type. */
  readonly type: number;
  readonly shape: readonly number[];
  /** A weight of the graph, rather than a value of one operation. */
  readonly isWeight: boolean;
  /** The file that its numbers lie in, where that is another. */
  readonly externalFile?: string;
}

/** Graphs inside graphs, as loops and branches have them; more than this no tool writes. */
const DEEPEST = 50;

/**
 * Every tensor in a model, also those in its loops, branches and functions. Numbers of fields are those of `onnx.proto`.
 *
 * @throws RangeError where a message inside is none, or graphs lie in graphs without end
 */
export function tensorsOf(model: ProtobufMessage): OnnxTensor[] {
  return [...model.messages(7).flatMap((graph) => inGraph(graph, 0)), ...model.messages(25).flatMap((fn) => inNodes(fn.messages(7), 0))];
}

function inGraph(graph: ProtobufMessage, depth: number): OnnxTensor[] {
  if (depth > DEEPEST) throw new RangeError(`more than ${DEEPEST} graphs lie in each other`);
  const sparse = graph.messages(15).flatMap((message) => [...message.messages(1), ...message.messages(2)]);
  return [...[...graph.messages(5), ...sparse].map((message) => tensorOf(message, true)), ...inNodes(graph.messages(1), depth)];
}

function inNodes(nodes: readonly ProtobufMessage[], depth: number): OnnxTensor[] {
  return nodes.flatMap((node) => node.messages(5)).flatMap((attribute) => [
    ...[...attribute.messages(5), ...attribute.messages(10)].map((message) => tensorOf(message, false)),
    ...[...attribute.messages(6), ...attribute.messages(11)].flatMap((graph) => inGraph(graph, depth + 1)),
  ]);
}

function tensorOf(message: ProtobufMessage, isWeight: boolean): OnnxTensor {
  const own = { type: message.number(2), shape: message.numbers(1), isWeight };
  if (message.number(14) !== 1) return own;
  const location = message.messages(13).find((entry) => entry.text(1) === 'location');
  return { ...own, externalFile: location?.text(2) ?? '' };
}
