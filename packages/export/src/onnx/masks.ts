import type { LayerCall, Mask } from './layer-call.ts';
import type { Value } from './value.ts';

type MaskOf = (call: LayerCall, masks: readonly (Mask | undefined)[]) => Mask | undefined;

const compared = ({ graph }: LayerCall, left: Value, right: Value): Value => graph.add('Not', [graph.add('Equal', [left, right], { type: 'bool' })]);

const ofSequences: MaskOf = ({ config }, [mask]) => (config['returnSequences'] ? mask : undefined);
const ofMerged: MaskOf = (_, masks) => (masks.some((mask) => mask) ? 'unclear' : undefined);
const none: MaskOf = () => undefined;

const makers: Readonly<Record<string, MaskOf>> = {
  Embedding: (call) => (call.config['maskZero'] ? compared(call, call.inputs[0]!, call.inputs[0]!.type === 'int32' ? call.graph.int32s([0], []) : call.graph.scalar(0)) : undefined),
  Masking: (call) => {
    const differs = call.graph.add('Cast', [compared(call, call.inputs[0]!, call.graph.scalar(call.config['maskValue'] as number))], { attributes: { to: 1 }, type: 'float32' });
    return call.graph.add('Cast', [call.graph.add('ReduceMax', [differs], { attributes: { axes: [-1], keepdims: 0 } })], { attributes: { to: 9 }, type: 'bool' });
  },
  SimpleRNN: ofSequences,
  GRU: ofSequences,
  LSTM: ofSequences,
  Bidirectional: (call, [mask]) => ((call.layer as unknown as { returnSequences: boolean }).returnSequences ? mask : undefined),
  TimeDistributed: none,
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
