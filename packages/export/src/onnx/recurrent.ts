import { unsupported, type Layer, type LayerCall } from './layer-call.ts';
import { recurrentOperator } from './recurrent-operator.ts';
import type { Cell } from './recurrent-cell.ts';
import { scan } from './scan.ts';
import type { Value } from './value.ts';

/**
 * A recurrent layer's answer: the output, or all of them, and its states if it returns them.
 *
 * @param states before the first step; zeros if there are none
 * @throws KD_EXPORT_UNSUPPORTED
 */
export function recurrent(call: LayerCall, layer: Layer, x: Value, states: readonly Value[]): readonly Value[] {
  const config = layer.getConfig();
  const className = layer.getClassName();
  if (!['SimpleRNN', 'GRU', 'LSTM'].includes(className)) unsupported(call, `there is no ONNX for ${className}`);
  if (config['stateful']) unsupported(call, 'it remembers states from one question to the next');
  if (call.mask === 'unclear') unsupported(call, 'it is given a mask that went through a layer that merges, or that repeats');
  const cell: Cell = { layer, config, units: config['units'] as number };
  const native = call.mask ? undefined : recurrentOperator(call, cell, x, states.length > 0 ? states : undefined);
  const { steps, last } = native ?? scan(call, cell, x, states.length > 0 ? states : zeros(call, x, cell), call.mask);
  return [config['returnSequences'] ? steps : last[0]!, ...(config['returnState'] ? last : [])];
}

function zeros({ graph }: LayerCall, x: Value, { layer, units }: Cell): Value[] {
  const batch = graph.add('Shape', [x], { attributes: { start: 0, end: 1 }, type: 'int64' });
  const state = graph.add('ConstantOfShape', [graph.add('Concat', [batch, graph.ints([units])], { attributes: { axis: 0 } })], { type: 'float32' });
  return layer.getClassName() === 'LSTM' ? [state, state] : [state];
}
