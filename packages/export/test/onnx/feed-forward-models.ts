import { input, layers, model, sequential, type LayersModel, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layer } from '../../src/onnx/layer-call.ts';

/** Some that TensorFlow.js computes wrongly say what is right by another model, with the same weights. */
export type Models = readonly (readonly [name: string, build: () => LayersModel, right?: () => LayersModel])[];

/** A model of layers, one after the other. */
export function chain(shape: Shape, ...all: Layer[]): LayersModel {
  const start = input({ shape, name: 'x' });
  return model({ inputs: start, outputs: all.reduce((tensor: SymbolicTensor, layer) => layer.apply(tensor) as SymbolicTensor, start) });
}

const image: Shape = [7, 6, 3];
const turned: Shape = [3, 7, 6];
const activations = ['elu', 'selu', 'relu', 'relu6', 'linear', 'sigmoid', 'hardSigmoid', 'softplus', 'softsign', 'tanh', 'softmax', 'logSoftmax', 'gelu', 'gelu_new', 'mish', 'swish'] as const;

export const activationModels: Models = [
  ...activations.map((activation) => [`the activation ${activation}`, () => chain([5], layers.dense({ units: 4, activation: activation as 'relu' }))] as const),
  ['activations as layers', () => chain([5], layers.activation({ activation: 'tanh' }), layers.leakyReLU({ alpha: 0.2 }), layers.elu(), layers.reLU({ maxValue: 0.5 }), layers.prelu(), layers.softmax())],
  ['relu without a bound', () => chain([5], layers.reLU(), layers.dense({ units: 3, useBias: false }))],
  ['thresholds', () => chain([5], layers.dense({ units: 8 }), layers.thresholdedReLU({ theta: 0.1 }))],
  ['prelu over shared axes', () => chain(image, layers.prelu({ sharedAxes: [1, 2] }))],
  ['softmax over two axes', () => chain([3, 4], layers.softmax({ axis: [1, 2] as unknown as number }))],
  ['dense over steps', () => chain([4, 5], layers.dense({ units: 3, activation: 'tanh' }), layers.dense({ units: 2, useBias: false }))],
  ['what training alone knows', () => chain([4, 5], layers.dropout({ rate: 0.5 }), layers.spatialDropout1d({ rate: 0.5 }), layers.alphaDropout({ rate: 0.5 }), layers.gaussianDropout({ rate: 0.5 }), layers.gaussianNoise({ stddev: 1 }))],
];

export const convolutionModels: Models = [
  ...(['same', 'valid'] as const).flatMap((padding) => ([1, 2, 3] as const).flatMap((strides) => [
    [`conv1d ${padding}, strides ${strides}`, () => chain([11, 3], layers.conv1d({ filters: 4, kernelSize: 4, strides, padding }))],
    [`conv2d ${padding}, strides ${strides}`, () => chain(image, layers.conv2d({ filters: 4, kernelSize: [3, 2], strides, padding, activation: 'relu' }))],
    [`conv2d of free sizes, ${padding}, strides ${strides}`, () => chain([null, null, 3], layers.conv2d({ filters: 4, kernelSize: 3, strides, padding }), layers.globalAveragePooling2d({}))],
    [`conv3d ${padding}, strides ${strides}`, () => chain([5, 4, 6, 2], layers.conv3d({ filters: 3, kernelSize: 3, strides, padding }))],
    [`depthwise ${padding}, strides ${strides}`, () => chain(image, layers.depthwiseConv2d({ kernelSize: 3, strides, padding, depthMultiplier: 2, activation: 'relu' }))],
    [`separable ${padding}, strides ${strides}`, () => chain(image, layers.separableConv2d({ filters: 4, kernelSize: 3, strides, padding, depthMultiplier: 2, activation: 'tanh' }))],
    [`conv2dTranspose ${padding}, strides ${strides}`, () => chain(image, layers.conv2dTranspose({ filters: 4, kernelSize: [2, 3], strides, padding, activation: 'relu' }))],
    [`conv3dTranspose ${padding}, strides ${strides}`, () => chain([3, 4, 2, 2], layers.conv3dTranspose({ filters: 3, kernelSize: 3, strides, padding }))],
  ] satisfies Models)),
  ['dilations', () => chain([9, 8, 3], layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: [2, 3], padding: 'same' }), layers.separableConv2d({ filters: 2, kernelSize: 2, dilationRate: 2, useBias: false }))],
  ['dilated conv1d', () => chain([9, 3], layers.conv1d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same', useBias: false }))],
  ['channels first', () => chain(turned, layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', strides: 2, dataFormat: 'channelsFirst', activation: 'softmax' }), layers.depthwiseConv2d({ kernelSize: 2, dataFormat: 'channelsFirst' }), layers.maxPooling2d({ poolSize: 2, padding: 'same', dataFormat: 'channelsFirst' }), layers.flatten({ dataFormat: 'channelsFirst' }))],
  ['conv2dTranspose and conv3d, channels first', () => chain(turned, layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', dataFormat: 'channelsFirst' }), layers.reshape({ targetShape: [2, 7, 2, 12] }), layers.conv3d({ filters: 2, kernelSize: 2, dataFormat: 'channelsFirst' }))],
  ['a small network of images', () => chain([9, 9, 1], layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false }), layers.batchNormalization({}), layers.reLU(), layers.maxPooling2d({ poolSize: 2 }), layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }), layers.batchNormalization({ scale: false }), layers.leakyReLU(), layers.globalAveragePooling2d({}), layers.dense({ units: 3, activation: 'softmax' }))],
];

export const poolingModels: Models = (['same', 'valid'] as const).flatMap((padding) => ([1, 2, 3] as const).flatMap((strides) => [
  [`pooling 1d ${padding}, strides ${strides}`, () => chain([10, 3], layers.maxPooling1d({ poolSize: 2, strides, padding }), layers.averagePooling1d({ poolSize: 3, strides, padding }))],
  [`pooling 2d ${padding}, strides ${strides}`, () => chain([11, 10, 3], layers.maxPooling2d({ poolSize: [2, 3], strides, padding }), layers.averagePooling2d({ poolSize: 3, strides, padding }))],
  [`pooling 3d ${padding}, strides ${strides}`, () => chain([11, 11, 11, 2], layers.maxPooling3d({ poolSize: 3, strides, padding }), layers.averagePooling3d({ poolSize: 3, strides, padding }))],
] satisfies Models));

export const shapeModels: Models = [
  ['global pooling of steps', () => merge([5, 3], (x) => [layers.globalAveragePooling1d(), layers.globalMaxPooling1d()].map((layer) => layer.apply(x) as SymbolicTensor), layers.add())],
  ['global pooling of images', () => merge(turned, (x) => [layers.globalAveragePooling2d({ dataFormat: 'channelsFirst' }), layers.globalMaxPooling2d({ dataFormat: 'channelsFirst' })].map((layer) => layer.apply(x) as SymbolicTensor), layers.add())],
  ['batch normalization of rows', () => chain([5], layers.batchNormalization({ center: false }), layers.batchNormalization({ scale: false, epsilon: 0.1 }))],
  ['batch normalization of axis 1', () => chain(turned, layers.batchNormalization({ axis: 1 })), () => chain(turned, layers.permute({ dims: [2, 3, 1] }), layers.batchNormalization({}), layers.permute({ dims: [3, 1, 2] }))],
  ['batch normalization of steps', () => chain([4, 5], layers.batchNormalization({}))],
  ['layer normalization', () => chain(image, layers.layerNormalization({}), layers.layerNormalization({ axis: [1, 3], epsilon: 0.1 }), layers.layerNormalization({ scale: false, center: false }))],
  ['shapes', () => chain([4, 6], layers.reshape({ targetShape: [2, 4, 3] }), layers.permute({ dims: [3, 1, 2] }), layers.flatten(), layers.dense({ units: 3 }), layers.repeatVector({ n: 4 }))],
  ['padding and cropping', () => chain(image, layers.zeroPadding2d({ padding: [[1, 2], [0, 3]] }), layers.cropping2D({ cropping: [[2, 0], [1, 1]] }))],
  ['padding and cropping, channels first', () => chain(turned, layers.zeroPadding2d({ padding: [[1, 2], [0, 3]], dataFormat: 'channelsFirst' }), layers.cropping2D({ cropping: [[2, 0], [1, 1]], dataFormat: 'channelsFirst' }))],
  ['upsampling', () => chain(image, layers.upSampling2d({ size: [2, 3] }), layers.upSampling2d({ size: [3, 2], interpolation: 'bilinear' }))],
  ['upsampling, channels first', () => chain(turned, layers.upSampling2d({ size: [2, 3], dataFormat: 'channelsFirst' }))],
  ['rescaling', () => chain(image, layers.rescaling({ scale: 1 / 127.5, offset: -1 }))],
  ['embedding of whole numbers', () => chain([6], layers.embedding({ inputDim: 9, outputDim: 4 }), layers.flatten())],
  ...(['add', 'multiply', 'average', 'maximum', 'minimum'] as const).map((name) => [`${name} of three`, () => merge([4, 5], (x) => [x, dense(x, 5), layers.globalAveragePooling1d().apply(x) as SymbolicTensor], layers[name]())] as const),
  ['concatenate', () => merge([4, 5], (x) => [x, dense(x, 2)], layers.concatenate())],
  ['concatenate of steps', () => merge([4, 5], (x) => [x, dense(x, 5)], layers.concatenate({ axis: 1 }))],
  ['dot of rows', () => merge([5], (x) => [x, dense(x, 5)], layers.dot({ axes: 1, normalize: true }))],
  ['dot of steps', () => merge([4, 5], (x) => [x, dense(x, 5)], layers.dot({ axes: 2 }))],
  ['dot of steps, over steps', () => merge([4, 5], (x) => [x, dense(x, 3)], layers.dot({ axes: [1, 1] }))],
  ['dot of steps with a row', () => merge([4, 5], (x) => [x, layers.globalAveragePooling1d().apply(x) as SymbolicTensor], layers.dot({ axes: [2, 1] }))],
  ['dot of a row with steps', () => merge([4, 5], (x) => [layers.globalAveragePooling1d().apply(x) as SymbolicTensor, x], layers.dot({ axes: [1, 2] }))],
];

export const graphModels: Models = [
  ['several inputs and outputs', () => {
    const [a, b] = [input({ shape: [4], name: 'left' }), input({ shape: [3], name: 'right', dtype: 'int32' })];
    const both = layers.concatenate().apply([a, b]) as SymbolicTensor;
    return model({ inputs: [a, b], outputs: [layers.dense({ units: 2, name: 'first' }).apply(both) as SymbolicTensor, layers.dense({ units: 3, name: 'second', activation: 'softmax' }).apply(both) as SymbolicTensor] });
  }],
  ['shared layers', () => {
    const shared = layers.dense({ units: 5, activation: 'tanh', name: 'twice' });
    return chain([5], shared, layers.elu(), shared, layers.dense({ units: 2 }));
  }],
  ['models inside models', () => {
    const inside = () => sequential({ layers: [layers.dense({ units: 4, activation: 'relu', inputShape: [5], name: 'same' }), layers.dense({ units: 5 })] });
    const once = inside();
    return chain([5], once, inside(), once, layers.dense({ units: 2, name: 'same' }));
  }],
  ['an input that is an output, twice', () => {
    const x = input({ shape: [3], name: 'x' });
    const y = layers.dense({ units: 2, name: 'y' }).apply(x) as SymbolicTensor;
    return model({ inputs: x, outputs: [layers.dropout({ rate: 0.1 }).apply(x) as SymbolicTensor, y, layers.dropout({ rate: 0.2 }).apply(y) as SymbolicTensor] });
  }],
];

function merge(shape: Shape, sides: (x: SymbolicTensor) => SymbolicTensor[], last: Layer): LayersModel {
  const x = input({ shape, name: 'x' });
  return model({ inputs: x, outputs: last.apply(sides(x)) as SymbolicTensor });
}

function dense(x: SymbolicTensor, units: number): SymbolicTensor {
  return layers.dense({ units }).apply(x) as SymbolicTensor;
}
