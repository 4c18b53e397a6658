import { ProtobufWriter } from './protobuf-writer.ts';
import { elementCode, type Attribute, type Body, type Constant, type Node, type Value } from './value.ts';

/** Lengths of a tensor's axes; a text names one that is free. */
export type Dimensions = readonly (number | string)[];

export interface Port {
  readonly value: Value;
  readonly shape: Dimensions;
}

export interface GraphParts {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface ModelParts {
  readonly irVersion: number;
  readonly opset: number;
  readonly producer: string;
  readonly graph: GraphParts;
  readonly metadata: Readonly<Record<string, string>>;
}

/** ModelProto. The numbers of the fields are those of onnx.proto. */
export function modelMessage({ irVersion, opset, producer, graph, metadata }: ModelParts): ProtobufWriter {
  const message = new ProtobufWriter().number(1, irVersion).text(2, producer).message(7, graphMessage(graph)).message(8, new ProtobufWriter().text(1, '').number(2, opset));
  for (const [key, value] of Object.entries(metadata)) message.message(14, new ProtobufWriter().text(1, key).text(2, value));
  return message;
}

function graphMessage({ name, nodes, constants, inputs, outputs }: GraphParts): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const node of nodes) message.message(1, nodeMessage(node));
  message.text(2, name);
  for (const constant of constants) message.message(5, tensorMessage(constant));
  for (const { value, shape } of inputs) message.message(11, valueMessage(value, shape));
  for (const { value, shape } of outputs) message.message(12, valueMessage(value, shape));
  return message;
}

/** The shapes inside a body follow from those outside. */
function bodyMessage({ name, nodes, inputs, outputs }: Body): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const node of nodes) message.message(1, nodeMessage(node));
  message.text(2, name);
  for (const value of inputs) message.message(11, valueMessage(value));
  for (const value of outputs) message.message(12, valueMessage(value));
  return message;
}

function nodeMessage({ op, name, inputs, outputs, attributes }: Node): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const value of inputs) message.text(1, value?.name ?? '');
  for (const value of outputs) message.text(2, value.name);
  message.text(3, name).text(4, op);
  for (const [key, value] of Object.entries(attributes)) message.message(5, attributeMessage(key, value));
  return message;
}

function attributeMessage(name: string, value: Attribute): ProtobufWriter {
  const message = new ProtobufWriter().text(1, name);
  if (typeof value === 'number') return message.number(3, value).number(20, 2);
  if (typeof value === 'string') return message.text(4, value).number(20, 3);
  if ('float' in value) return message.float(2, value.float).number(20, 1);
  if ('graph' in value) return message.message(6, bodyMessage(value.graph)).number(20, 5);
  if ('floats' in value) {
    for (const item of value.floats) message.float(7, item);
    return message.number(20, 6);
  }
  for (const item of value) {
    if (typeof item === 'number') message.number(8, item);
    else message.text(9, item);
  }
  return message.number(20, typeof value[0] === 'string' ? 8 : 7);
}

function tensorMessage({ value, shape, data }: Constant): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const length of shape) message.number(1, length);
  return message.number(2, elementCode[value.type]).text(8, value.name).bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function valueMessage({ name, type }: Value, shape?: Dimensions): ProtobufWriter {
  const tensor = new ProtobufWriter().number(1, elementCode[type]);
  if (shape) tensor.message(2, shapeMessage(shape));
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
}

function shapeMessage(shape: Dimensions): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const length of shape) message.message(1, typeof length === 'number' ? new ProtobufWriter().number(1, length) : new ProtobufWriter().text(2, length));
  return message;
}
