import type { LayerCall, Weight } from './layer-call.ts';
import type { Cell } from './recurrent-cell.ts';
import type { Sequence } from './sequence.ts';
import { reversed } from './reversed.ts';
import { transpose } from './transpose.ts';
import type { Value } from './value.ts';

interface Operator {
  readonly op: string;
  /** The places of TensorFlow's gates in the order of ONNX's. */
  readonly gates: readonly number[];
  /** Which option of the layer each activation of the operator is. */
  readonly activations: readonly ('activation' | 'recurrentActivation')[];
}

const operators: Readonly<Record<string, Operator>> = {
  SimpleRNN: { op: 'RNN', gates: [0], activations: ['activation'] },
  // z r h
  GRU: { op: 'GRU', gates: [0, 1, 2], activations: ['recurrentActivation', 'activation'] },
  // i f c o becomes i o f c
  LSTM: { op: 'LSTM', gates: [0, 3, 1, 2], activations: ['recurrentActivation', 'activation', 'activation'] },
};

/** With the parameters that ONNX has for them by itself. */
const activations: Readonly<Record<string, string>> = { sigmoid: 'Sigmoid', tanh: 'Tanh', relu: 'Relu', hardSigmoid: 'HardSigmoid' };

/** A recurrent layer as one operator, which runtimes compute fast; `undefined` where its activations are none of the operator's. */
export function recurrentOperator(call: LayerCall, cell: Cell, x: Value, states: readonly Value[] | undefined): Sequence | undefined {
  const { op, gates, activations: options } = operators[cell.layer.getClassName()]!;
  const named = options.map((option) => activations[cell.config[option] as string]);
  if (named.some((name) => !name)) return undefined;
  const { graph } = call;
  const { units, layer } = cell;
  const [kernel, recurrent, bias] = call.weights(layer);
  const put = (name: string, { shape, data }: Weight): Value => call.weight(name, shape, data, layer);
  const initial = (states ?? []).map((state) => graph.add('Unsqueeze', [state, graph.ints([0])]));
  const backwards = Boolean(cell.config['goBackwards']);
  const inputs = [transpose(graph, x, [1, 0, 2]), put('kernel', byGate(kernel!, units, gates)), put('recurrent_kernel', byGate(recurrent!, units, gates)), bias && put('bias', biases(bias, units, gates)), undefined, ...initial];
  const [y, ...last] = graph.addMany(op, trimmed(inputs), op === 'LSTM' ? 3 : 2, { attributes: { hidden_size: units, direction: backwards ? 'reverse' : 'forward', activations: named as string[] } });
  const steps = transpose(graph, graph.add('Squeeze', [y, graph.ints([1])]), [1, 0, 2]);
  // ONNX gives each output where its input was; TensorFlow in the order of computing.
  return { steps: backwards ? reversed(graph, steps) : steps, last: last.map((state) => graph.add('Squeeze', [state, graph.ints([0])])) };
}

/** Optional inputs at the end are left out, those before are empty. */
function trimmed(inputs: readonly (Value | undefined)[]): (Value | undefined)[] {
  return inputs.slice(0, inputs.findLastIndex((value) => value) + 1);
}

/** `[in, gates · units]` becomes `[1, gates · units, in]`, gates in ONNX's order. */
function byGate({ shape: [length], data }: Weight, units: number, gates: readonly number[]): Weight {
  const columns = gates.length * units;
  const result = new Float32Array(data.length);
  gates.forEach((gate, place) => {
    for (let unit = 0; unit < units; unit++) {
      for (let i = 0; i < length!; i++) result[(place * units + unit) * length! + i] = data[i * columns + gate * units + unit]!;
    }
  });
  return { shape: [1, columns, length!], data: result };
}

/** ONNX has a bias for the input and one for the state, which is zero. */
function biases({ data }: Weight, units: number, gates: readonly number[]): Weight {
  const result = new Float32Array(2 * data.length);
  gates.forEach((gate, place) => result.set(data.subarray(gate * units, (gate + 1) * units), place * units));
  return { shape: [1, result.length], data: result };
}
