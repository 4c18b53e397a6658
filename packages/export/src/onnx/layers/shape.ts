import type { LayerWriter } from '../layer-call.ts';
import { transpose } from '../transpose.ts';

const flatten: LayerWriter = ({ graph, inputs: [x], inputShapes: [shape], config }) => {
  const rank = shape!.length;
  const turned = config['dataFormat'] === 'channelsFirst' ? transpose(graph, x!, [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1]) : x!;
  return graph.add('Flatten', [turned], { attributes: { axis: 1 } });
};

/** The batch stays as it is, which 0 says; what is free follows, which -1 says. */
const reshape: LayerWriter = ({ graph, inputs: [x], config }) => {
  const target = config['targetShape'] as readonly (number | null)[];
  return graph.add('Reshape', [x, graph.ints([0, ...target.map((length) => length ?? -1)])]);
};

const permute: LayerWriter = ({ graph, inputs: [x], config }) => transpose(graph, x!, [0, ...(config['dims'] as readonly number[])]);

const repeatVector: LayerWriter = ({ graph, inputs: [x], config }) =>
  graph.add('Expand', [graph.add('Unsqueeze', [x, graph.ints([1])]), graph.ints([1, config['n'] as number, 1])]);

export const shapeLayers: Readonly<Record<string, LayerWriter>> = {
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
};
