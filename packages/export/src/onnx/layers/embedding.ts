import type { LayerWriter } from '../layer-call.ts';

/** A row for each whole number; a fraction is cut off. */
export const embedding: LayerWriter = (call) => {
  const { graph, inputs: [x] } = call;
  const [rows] = call.weights();
  const indices = x!.type === 'int32' ? x! : graph.add('Cast', [x], { attributes: { to: 6 }, type: 'int32' });
  return graph.add('Gather', [call.weight('embeddings', rows!.shape, rows!.data), indices]);
};
