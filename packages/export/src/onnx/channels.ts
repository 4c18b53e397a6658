import type { Shape } from '@tensorflow/tfjs-layers';
import type { LayerCall } from './layer-call.ts';
import { channelsFirst, channelsLast, transpose } from './transpose.ts';
import type { Value } from './value.ts';

/** What convolutions and poolings see: channels first, as ONNX has them. */
export interface Channels {
  readonly x: Value;
  /** Lengths of the axes between batch and channels; `null` where free. */
  readonly lengths: Shape;
  readonly count: number;
  /** The layer's own order of axes again. */
  back(value: Value): Value;
}

/** The input of a layer with its channels first, wherever the layer has them. */
export function channelsOf({ graph, inputs: [x], inputShapes: [shape], config }: LayerCall): Channels {
  const rank = shape!.length;
  if (config['dataFormat'] === 'channelsFirst') return { x: x!, lengths: shape!.slice(2), count: shape![1]!, back: (value) => value };
  return {
    x: transpose(graph, x!, channelsFirst(rank)),
    lengths: shape!.slice(1, -1),
    count: shape!.at(-1)!,
    back: (value) => transpose(graph, value, channelsLast(rank)),
  };
}
