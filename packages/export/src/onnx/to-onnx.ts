import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { LayersGraph } from './layers-graph.ts';
import { modelMessage, type Dimensions, type Port } from './messages.ts';
import { pruned } from './pruned.ts';
import type { ElementType, Value } from './value.ts';

/** ONNX Runtime reads both since 1.12 (2022), and so do its builds for phones. */
const opset = 17;
const irVersion = 8;

export interface OnnxExportOptions {
  /** Of the graph; default the model's. */
  readonly name?: string;
  /** Texts that the file carries along. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A layers model as an ONNX model: the bytes of one file. Inputs, outputs and weights have the model's names, and as many
 * samples as one likes (`batch`) are asked at once. It computes what `model.predict` does, in float32. Works in browsers too.
 *
 * @throws KD_EXPORT_UNSUPPORTED for a layer, or an option of one, that cannot be written
 */
export async function toOnnx(model: LayersModel, { name = model.name, metadata = {} }: OnnxExportOptions = {}): Promise<Uint8Array> {
  const layers = new LayersGraph(await numbersOf(model));
  const { graph } = layers;
  const inputs = model.inputs.map((input) => graph.value(input.sourceLayer.name, typeOf(input)));
  // A sequential model that was not loaded from a file has no list of names.
  const wanted = model.outputs.map(({ sourceLayer }, i) => model.outputNames[i] ?? sourceLayer.name);
  const names = wanted.map((name) => graph.value(name).name);
  // An output that is an input, or another output too, is a value of its own.
  const outputs: Value[] = [];
  for (const value of layers.model(model, inputs)) outputs.push(inputs.includes(value) || outputs.includes(value) ? graph.add('Identity', [value]) : value);
  outputs.forEach((value, i) => (value.name = names[i]!));
  const message = modelMessage({
    irVersion,
    opset,
    producer: 'kd',
    graph: {
      name,
      ...pruned(graph, outputs),
      inputs: inputs.map((value, i) => portOf(value, model.inputs[i]!)),
      outputs: outputs.map((value, i) => portOf(value, model.outputs[i]!)),
    },
    metadata,
  });
  return message.finish();
}

async function numbersOf(model: LayersModel): Promise<Map<number, Float32Array>> {
  const tensors = model.getWeights();
  return new Map(await Promise.all(tensors.map(async (tensor) => [tensor.id, Float32Array.from(await tensor.data())] as const)));
}

function typeOf({ dtype }: SymbolicTensor): ElementType {
  return dtype === 'int32' || dtype === 'bool' ? dtype : 'float32';
}

/** Axes of free lengths are called after the value. */
function portOf(value: Value, { shape }: SymbolicTensor): Port {
  const dimensions: Dimensions = shape.map((length, axis) => (axis === 0 ? 'batch' : (length ?? `${value.name}_${axis}`)));
  return { value, shape: dimensions };
}
