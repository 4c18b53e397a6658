import { channelsOf } from '../channels.ts';
import type { LayerWriter } from '../layer-call.ts';
import { paddingOf } from '../same-padding.ts';

interface Options {
  readonly poolSize: number | readonly number[];
  readonly strides: number | readonly number[];
}

/** A mean does not count what is padded. */
const pooling = (op: 'MaxPool' | 'AveragePool'): LayerWriter => (call) => {
  const options = call.config as unknown as Options;
  const [kernel, strides] = [[options.poolSize].flat(), [options.strides].flat()];
  const { x, lengths, back } = channelsOf(call);
  return back(call.graph.add(op, [x], { attributes: { kernel_shape: kernel, strides, ...paddingOf(call, lengths, { kernel, strides }) } }));
};

/** Over all places, which leaves the channels. */
const overAll = (op: 'ReduceMax' | 'ReduceMean'): LayerWriter => ({ graph, inputs: [x], inputShapes: [shape], config }) => {
  const first = config['dataFormat'] === 'channelsFirst' ? 2 : 1;
  return graph.add(op, [x], { attributes: { axes: Array.from({ length: shape!.length - 2 }, (_, i) => first + i), keepdims: 0 } });
};

export const poolingLayers: Readonly<Record<string, LayerWriter>> = {
  MaxPooling1D: pooling('MaxPool'),
  MaxPooling2D: pooling('MaxPool'),
  MaxPooling3D: pooling('MaxPool'),
  AveragePooling1D: pooling('AveragePool'),
  AveragePooling2D: pooling('AveragePool'),
  AveragePooling3D: pooling('AveragePool'),
  GlobalMaxPooling1D: overAll('ReduceMax'),
  GlobalMaxPooling2D: overAll('ReduceMax'),
  GlobalAveragePooling1D: overAll('ReduceMean'),
  GlobalAveragePooling2D: overAll('ReduceMean'),
};
