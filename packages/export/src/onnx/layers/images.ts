import { channelsOf } from '../channels.ts';
import type { LayerCall, LayerWriter } from '../layer-call.ts';
import { elementwise } from '../transpose.ts';

type Sides = readonly (readonly [number, number])[];

/** Of the two axes of an image: the first is the second, or the third where channels come first. */
const firstAxis = ({ config }: LayerCall): number => (config['dataFormat'] === 'channelsFirst' ? 2 : 1);

const zeroPadding: LayerWriter = (call) => {
  const { graph, inputs: [x] } = call;
  const sides = call.config['padding'] as Sides;
  const around = (side: 0 | 1): number[] => [0, 1, 2, 3].map((axis) => sides[axis - firstAxis(call)]?.[side] ?? 0);
  return graph.add('Pad', [x, graph.ints([...around(0), ...around(1)])]);
};

const cropping: LayerWriter = (call) => {
  const { graph, inputs: [x] } = call;
  const sides = call.config['cropping'] as Sides;
  const axes = [firstAxis(call), firstAxis(call) + 1];
  return graph.add('Slice', [x, graph.ints(sides.map(([before]) => before)), graph.ints(sides.map(([, after]) => (after === 0 ? Number.MAX_SAFE_INTEGER : -after))), graph.ints(axes)]);
};

/** Pixels begin where the old ones do. */
const upSampling: LayerWriter = (call) => {
  const { graph, config } = call;
  const { x, back } = channelsOf(call);
  const mode = config['interpolation'] === 'bilinear' ? 'linear' : 'nearest';
  const scales = graph.floats([1, 1, ...(config['size'] as readonly number[])]);
  return back(graph.add('Resize', [x, undefined, scales], { attributes: { mode, coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' } }));
};

const rescaling: LayerWriter = ({ graph, inputs: [x], config }) =>
  elementwise(graph, x!, (value) => graph.add('Add', [graph.add('Mul', [value, graph.scalar(config['scale'] as number)]), graph.scalar(config['offset'] as number)]));

export const imageLayers: Readonly<Record<string, LayerWriter>> = {
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
  UpSampling2D: upSampling,
  Rescaling: rescaling,
};
