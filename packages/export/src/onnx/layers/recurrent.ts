import { unsupported, type Layer, type LayerWriter } from '../layer-call.ts';
import { recurrent } from '../recurrent.ts';
import { reversed } from '../reversed.ts';
import type { Value } from '../value.ts';

const alone: LayerWriter = (call) => recurrent(call, call.layer, call.inputs[0]!, call.inputs.slice(1));

interface Bidirectional {
  readonly forwardLayer: Layer;
  readonly backwardLayer: Layer;
  readonly returnSequences: boolean;
  readonly mergeMode: 'sum' | 'mul' | 'concat' | 'ave' | null;
}

/** Two layers, of which one reads from the end; its outputs are put beside those of the other. */
const bothWays: LayerWriter = (call) => {
  const { forwardLayer, backwardLayer, returnSequences, mergeMode } = call.layer as unknown as Bidirectional;
  const { graph, inputs: [x, ...states] } = call;
  const half = states.length / 2;
  const [forward, ...forwardStates] = recurrent(call, forwardLayer, x!, states.slice(0, half));
  const [end, ...backwardStates] = recurrent(call, backwardLayer, x!, states.slice(half));
  const backward = returnSequences ? reversed(graph, end!) : end!;
  const merged = (): Value[] => {
    switch (mergeMode) {
      case 'sum': return [graph.add('Add', [forward, backward])];
      case 'ave': return [graph.add('Mul', [graph.add('Add', [forward, backward]), graph.scalar(0.5)])];
      case 'mul': return [graph.add('Mul', [forward, backward])];
      case 'concat': return [graph.add('Concat', [forward, backward], { attributes: { axis: -1 } })];
      case null: return [forward!, backward];
      default: return unsupported(call, `its merge mode is '${String(mergeMode)}'`);
    }
  };
  return [...merged(), ...forwardStates, ...backwardStates];
};

export const recurrentLayers: Readonly<Record<string, LayerWriter>> = {
  SimpleRNN: alone,
  GRU: alone,
  LSTM: alone,
  Bidirectional: bothWays,
};
