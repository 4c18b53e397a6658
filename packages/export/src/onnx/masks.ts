import type { LayerCall, Mask } from './layer-call.ts';
import { keptSteps } from './layers/masking.ts';
import type { Value } from './value.ts';

type MaskOf = (call: LayerCall, masks: readonly (Mask | undefined)[]) => Mask | undefined;

/** Zero stands for no word. */
function words({ graph, inputs: [x] }: LayerCall): Value {
  const zero = x!.type === 'int32' ? graph.int32s([0], []) : graph.scalar(0);
  return graph.add('Not', [graph.add('Equal', [x, zero], { type: 'bool' })]);
}

const ofSequences: MaskOf = ({ layer }, [mask]) => ((layer as unknown as { readonly returnSequences: boolean }).returnSequences ? mask : undefined);
const ofMerged: MaskOf = (_, masks) => (masks.some((mask) => mask) ? 'unclear' : undefined);
const none: MaskOf = () => undefined;

const makers: Readonly<Record<string, MaskOf>> = {
  Embedding: (call) => (call.config['maskZero'] ? words(call) : undefined),
  Masking: (call) => call.graph.add('Cast', [call.graph.add('Squeeze', [keptSteps(call), call.graph.ints([-1])])], { attributes: { to: 9 }, type: 'bool' }),
  SimpleRNN: ofSequences,
  GRU: ofSequences,
  LSTM: ofSequences,
  Bidirectional: ofSequences,
  Add: ofMerged,
  Multiply: ofMerged,
  Average: ofMerged,
  Maximum: ofMerged,
  Minimum: ofMerged,
  Concatenate: ofMerged,
  Dot: none,
};

/** Which steps of a layer's output count, from which of its inputs do. */
export function maskAfter(call: LayerCall, masks: readonly (Mask | undefined)[]): Mask | undefined {
  const make = makers[call.layer.getClassName()];
  if (make) return make(call, masks);
  return call.layer.supportsMasking ? masks[0] : undefined;
}
