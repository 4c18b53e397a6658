import { unsupported, type Layer, type LayerWriter } from '../layer-call.ts';

/** Each step of each sample is a sample of the layer inside. */
export const timeDistributed: LayerWriter = (call) => {
  const { graph, inputs: [x], inputShapes: [shape], outputShape } = call;
  const { layer } = call.layer as unknown as { readonly layer: Layer };
  if (layer.getClassName() === 'Dense') return call.inner(layer, [x!], [shape!]);
  const [, steps, ...inside] = shape!;
  const [, , ...answer] = outputShape;
  if (inside.includes(null) || answer.includes(null)) unsupported(call, 'lengths inside a step are free');
  const [each] = call.inner(layer, [graph.add('Reshape', [x, graph.ints([-1, ...(inside as number[])])])], [[null, ...inside]]);
  if (steps !== null) return graph.add('Reshape', [each, graph.ints([-1, steps!, ...(answer as number[])])]);
  const outer = graph.add('Shape', [x], { attributes: { start: 0, end: 2 }, type: 'int64' });
  return graph.add('Reshape', [each, graph.add('Concat', [outer, graph.ints(answer as number[])], { attributes: { axis: 0 } })]);
};
