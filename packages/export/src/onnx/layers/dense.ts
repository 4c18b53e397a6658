import { activate } from '../activation.ts';
import type { LayerWriter } from '../layer-call.ts';

/** A matrix, and what is added; each row of the last axis by itself. */
export const dense: LayerWriter = (call) => {
  const { graph, inputs: [x] } = call;
  const [kernel, bias] = call.weights();
  const matrix = call.weight('kernel', kernel!.shape, kernel!.data);
  const added = bias && call.weight('bias', bias.shape, bias.data);
  if (call.inputShapes[0]!.length === 2) return activate(call, added ? graph.add('Gemm', [x, matrix, added]) : graph.add('MatMul', [x, matrix]));
  const product = graph.add('MatMul', [x, matrix]);
  return activate(call, added ? graph.add('Add', [product, added]) : product);
};
