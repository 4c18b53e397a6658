import { ProtobufMessage } from '@kd/node';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { startWasm } from '@kd/core';
import { beforeAll, expect, it } from 'vitest';
import { toOnnx } from '../../src/index.ts';
import type { Layer } from '../../src/onnx/layer-call.ts';
import { chain } from './feed-forward-models.ts';

beforeAll(() => startWasm());

const read = async (...given: Parameters<typeof toOnnx>): Promise<ProtobufMessage> => new ProtobufMessage(await toOnnx(...given));
const graphOf = (file: ProtobufMessage): ProtobufMessage => file.message(7);
const operators = async (student: LayersModel): Promise<string[]> => graphOf(await read(student)).messages(1).map((node) => node.text(4));

/** Names and shapes of inputs (11) or outputs (12). */
function ports(graph: ProtobufMessage, field: 11 | 12): [string, number, (string | number)[]][] {
  return graph.messages(field).map((value) => {
    const tensor = value.message(2).message(1);
    return [value.text(1), tensor.number(1), tensor.message(2).messages(1).map((length) => length.text(2) || length.number(1))];
  });
}

const small = (): LayersModel => {
  const [image, word] = [input({ shape: [null, 4, 1], name: 'image' }), input({ shape: [2], name: 'word', dtype: 'int32' })];
  const seen = layers.globalAveragePooling2d({ name: 'mean' }).apply(layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', name: 'look' }).apply(image));
  const heard = layers.flatten().apply(layers.embedding({ inputDim: 5, outputDim: 3, name: 'word2' }).apply(word));
  const both = layers.concatenate().apply([seen, heard] as SymbolicTensor[]);
  return model({ inputs: [image, word], outputs: [layers.dense({ units: 4, name: 'kind' }).apply(both) as SymbolicTensor, layers.dense({ units: 2, name: 'size' }).apply(both) as SymbolicTensor], name: 'fruit' });
};

it('says who wrote it, for which readers, and what it carries along', async () => {
  const file = await read(small(), { name: 'melon', metadata: { licence: 'MIT', classes: 'é' } });
  expect([file.number(1), file.text(2), file.messages(8).map((set) => [set.text(1), set.number(2)])]).toEqual([8, 'kd', [['', 17]]]);
  expect(file.messages(14).map((entry) => [entry.text(1), entry.text(2)])).toEqual([['licence', 'MIT'], ['classes', 'é']]);
  expect([graphOf(file).text(2), graphOf(await read(small())).text(2)]).toEqual(['melon', 'fruit']);
});

it('has the names of the model, and axes that are free', async () => {
  const graph = graphOf(await read(small()));
  expect(ports(graph, 11)).toEqual([['image', 1, ['batch', 'image_1', 4, 1]], ['word', 6, ['batch', 2]]]);
  expect(ports(graph, 12)).toEqual([['kind', 1, ['batch', 4]], ['size', 1, ['batch', 2]]]);
  const weights = graph.messages(5).map((tensor) => tensor.text(8));
  expect(weights).toEqual(expect.arrayContaining(['look/kernel', 'look/bias', 'word2/embeddings', 'kind/kernel', 'size/bias']));
});

it('has names for a sequential model that was never saved', async () => {
  const student = sequential({ layers: [layers.dense({ units: 2, inputShape: [3], name: 'logits' })] });
  const graph = graphOf(await read(student));
  expect(ports(graph, 11)).toEqual([['logits_input', 1, ['batch', 3]]]);
  expect(ports(graph, 12)).toEqual([['logits', 1, ['batch', 2]]]);
});

it('holds the numbers of the weights as they are', async () => {
  const student = chain([3], layers.dense({ units: 2, name: 'd' }));
  student.setWeights([tf.tensor2d([[1, 2], [3, 4], [5, 6.5]]), tf.tensor1d([-1, 0.25])]);
  const tensors = graphOf(await read(student)).messages(5).map((tensor) => [tensor.text(8), tensor.numbers(1), tensor.number(2), [...new Float32Array(tensor.bytes(9)[0]!.slice().buffer)]]);
  expect(tensors).toEqual([['d/kernel', [3, 2], 1, [1, 2, 3, 4, 5, 6.5]], ['d/bias', [2], 1, [-1, 0.25]]]);
});

it('has channels turned once on the way in, and once on the way out', async () => {
  const conv = (): Layer => layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' });
  const names = await operators(chain([8, 8, 1], conv(), layers.batchNormalization({}), layers.reLU(), layers.maxPooling2d({ poolSize: 2 }), conv()));
  expect(names).toEqual(['Transpose', 'Conv', 'Relu', 'BatchNormalization', 'Relu', 'MaxPool', 'Conv', 'Relu', 'Transpose']);
});

it('leaves out what only training knows, and has weights that are shared once', async () => {
  const shared = layers.dense({ units: 3 });
  const student = chain([3], layers.dropout({ rate: 0.5 }), shared, layers.gaussianNoise({ stddev: 1 }), shared);
  expect(await operators(student)).toEqual(['Gemm', 'Gemm']);
  expect(graphOf(await read(student)).messages(5)).toHaveLength(2);
});

const stateful = (): { inputs: SymbolicTensor; outputs: SymbolicTensor } => {
  const x = input({ batchShape: [2, 3, 1], name: 'x' });
  return { inputs: x, outputs: layers.simpleRNN({ units: 2, stateful: true, recurrentInitializer: 'zeros', name: 'kept' }).apply(x) as SymbolicTensor };
};

class Gate extends layers.Layer {
  static className = 'Gate';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return [inputs].flat()[0]!;
  }
}

it.each<[string, () => LayersModel, RegExp]>([
  ['a layer of its own', () => chain([3], new Gate({ name: 'gate' })), /'gate' \(Gate\).*no ONNX for layers of this class/],
  ['an unknown layer deep inside', () => chain([3], chain([3], new Gate({ name: 'gate' }))), /'gate' \(Gate\)/],
  ['strides in three axes that leave gaps', () => chain([5, 5, 5, 1], layers.maxPooling3d({ poolSize: 2, strides: 3, padding: 'same', name: 'pool' })), /'pool' \(MaxPooling3D\).*longer than its window/],
  ['causal padding', () => chain([5, 2], layers.conv1d({ filters: 1, kernelSize: 2, padding: 'causal' as 'same', name: 'past' })), /'past' \(Conv1D\).*causal/],
  ['channels that change their place', () => chain([5, 2], layers.conv1d({ filters: 1, kernelSize: 2, dataFormat: 'channelsFirst', name: 'first' })), /'first' \(Conv1D\).*channels last/],
  ['states that stay', () => model(stateful()), /'kept' \(SimpleRNN\).*remembers states/],
  ['a mask after a merge', () => {
    const x = layers.embedding({ inputDim: 4, outputDim: 2, maskZero: true }).apply(input({ shape: [3], name: 'x' })) as SymbolicTensor;
    return model({ inputs: x.inputs, outputs: layers.simpleRNN({ units: 2, recurrentInitializer: 'zeros', name: 'reads' }).apply(layers.add().apply([x, x])) as SymbolicTensor });
  }, /'reads' \(SimpleRNN\).*merges/],
  ['steps of free sizes', () => chain([4, null, 2], layers.timeDistributed({ layer: layers.globalMaxPooling1d({}), name: 'each' })), /'each' \(TimeDistributed\).*free/],
])('refuses %s, by name', async (_, build, message) => {
  await expect(toOnnx(build())).rejects.toMatchObject({ code: 'KD_EXPORT_UNSUPPORTED', message: expect.stringMatching(message) as string });
});

it('leaves the model and its tensors as they were', async () => {
  const student = small();
  const before = tf.memory().numTensors;
  await toOnnx(student);
  expect(tf.memory().numTensors).toBe(before);
});
