import type { LayerCall, LayerWriter } from '../layer-call.ts';
import type { Value } from '../value.ts';

/** 1 where any number of a step is another than the one that masks, `[…, 1]`, or else 0. */
export function keptSteps({ graph, inputs: [x], config }: LayerCall): Value {
  const same = graph.add('Equal', [x, graph.scalar(config['maskValue'] as number)], { type: 'bool' });
  const differs = graph.add('Cast', [graph.add('Not', [same])], { attributes: { to: 1 }, type: 'float32' });
  return graph.add('ReduceMax', [differs], { attributes: { axes: [-1], keepdims: 1 } });
}

export const masking: LayerWriter = (call) => call.graph.add('Mul', [call.inputs[0], keptSteps(call)]);
