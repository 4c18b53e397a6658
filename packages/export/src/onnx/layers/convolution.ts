import { activate } from '../activation.ts';
import { channelsOf } from '../channels.ts';
import { unsupported, type LayerCall, type LayerWriter, type Weight } from '../layer-call.ts';
import { reordered } from '../reordered.ts';
import { paddingOf, refuseGaps } from '../same-padding.ts';
import type { Attribute, Value } from '../value.ts';

interface Options {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: string;
}

/** The whole numbers of the config, one an axis. */
function optionsOf(call: LayerCall): Options {
  const options = call.config as unknown as Options;
  const { dataFormat } = call.layer as unknown as { readonly dataFormat: string };
  if (call.layer.getClassName() === 'Conv1D' && dataFormat === 'channelsFirst') unsupported(call, 'TensorFlow.js gives its channels last, though it takes them first');
  if (options.padding === 'causal') unsupported(call, "TensorFlow.js does not compute its padding 'causal'");
  return options;
}

/** Named as in the model, in the order that ONNX wants. */
function put(call: LayerCall, name: string, weight: Weight | undefined): Value | undefined {
  return weight && call.weight(name, weight.shape, weight.data);
}

/** `[...window, in, out]` becomes `[out, in, ...window]`. */
const outputsFirst = (kernel: Weight): Weight => reordered(kernel, [kernel.shape.length - 1, kernel.shape.length - 2, ...kernel.shape.slice(2).map((_, axis) => axis)]);

/** `[...window, in, multiplier]` becomes `[in · multiplier, 1, ...window]`: each channel by itself. */
function eachChannel(kernel: Weight): Weight {
  const { shape, data } = reordered(kernel, [kernel.shape.length - 2, kernel.shape.length - 1, ...kernel.shape.slice(2).map((_, axis) => axis)]);
  return { shape: [shape[0]! * shape[1]!, 1, ...shape.slice(2)], data };
}

const convolution: LayerWriter = (call) => {
  const { kernelSize, strides, dilationRate } = optionsOf(call);
  const [kernel, bias] = call.weights();
  const { x, lengths, back } = channelsOf(call);
  const attributes = { kernel_shape: kernelSize, strides, dilations: dilationRate, ...paddingOf(call, lengths, { kernel: kernelSize, strides, dilations: dilationRate }) };
  return activate(call, back(call.graph.add('Conv', [x, put(call, 'kernel', outputsFirst(kernel!)), put(call, 'bias', bias)], { attributes })));
};

/** TensorFlow.js leaves dilation out here. */
const depthwise: LayerWriter = (call) => {
  const { kernelSize, strides } = optionsOf(call);
  const [kernel, bias] = call.weights();
  const { x, lengths, count, back } = channelsOf(call);
  const attributes = { kernel_shape: kernelSize, strides, group: count, ...paddingOf(call, lengths, { kernel: kernelSize, strides }) };
  return activate(call, back(call.graph.add('Conv', [x, put(call, 'depthwise_kernel', eachChannel(kernel!)), put(call, 'bias', bias)], { attributes })));
};

const separable: LayerWriter = (call) => {
  const { kernelSize, strides, dilationRate } = optionsOf(call);
  const [each, point, bias] = call.weights();
  const { x, lengths, count, back } = channelsOf(call);
  const attributes = { kernel_shape: kernelSize, strides, dilations: dilationRate, group: count, ...paddingOf(call, lengths, { kernel: kernelSize, strides, dilations: dilationRate }) };
  const channels = call.graph.add('Conv', [x, put(call, 'depthwise_kernel', eachChannel(each!))], { attributes });
  return activate(call, back(call.graph.add('Conv', [channels, put(call, 'pointwise_kernel', outputsFirst(point!)), put(call, 'bias', bias)], { attributes: { kernel_shape: kernelSize.map(() => 1) } })));
};

/** The gradient of a convolution: what `same` cuts off, or a stride longer than the window adds, is the same for all lengths. */
const transposed: LayerWriter = (call) => {
  const { kernelSize, strides, padding } = optionsOf(call);
  const [kernel, bias] = call.weights();
  const { x, back } = channelsOf(call);
  if (padding === 'same') refuseGaps(call, kernelSize, strides);
  const over = kernelSize.map((length, i) => length - strides[i]!);
  const cut = over.map((length) => (padding === 'same' ? Math.max(length, 0) : 0));
  const attributes: Record<string, Attribute> = {
    kernel_shape: kernelSize,
    strides,
    pads: [...cut.map((length) => Math.floor(length / 2)), ...cut.map((length) => Math.ceil(length / 2))],
    output_padding: over.map((length) => Math.max(-length, 0)),
  };
  // `[...window, out, in]` becomes `[in, out, ...window]`.
  return activate(call, back(call.graph.add('ConvTranspose', [x, put(call, 'kernel', outputsFirst(kernel!)), put(call, 'bias', bias)], { attributes })));
};

export const convolutionLayers: Readonly<Record<string, LayerWriter>> = {
  Conv1D: convolution,
  Conv2D: convolution,
  Conv3D: convolution,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
  Conv2DTranspose: transposed,
  Conv3DTranspose: transposed,
};
