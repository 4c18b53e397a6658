import { input, layers, model, sequential, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { chain, type Models } from './feed-forward-models.ts';

type Recurrent = typeof layers.simpleRNN;
/** The weights come later, so none are made orthogonal here, which takes long. */
const plainly = (layer: unknown): Recurrent => (options) => (layer as Recurrent)({ recurrentInitializer: 'zeros', ...options });
const kinds = { simpleRNN: plainly(layers.simpleRNN), gru: plainly(layers.gru), lstm: plainly(layers.lstm) };
const [steps, features] = [5, 3];

/** Words, of which 0 is none. */
const words = (...after: Parameters<typeof chain>[1][]): LayersModel => chain([steps], layers.embedding({ inputDim: 5, outputDim: 4, maskZero: true }), ...after);

export const recurrentModels: Models = Object.entries(kinds).flatMap(([kind, layer]) => [
  [`${kind}`, () => chain([steps, features], layer({ units: 4 }))],
  [`${kind} that returns sequences`, () => chain([steps, features], layer({ units: 4, returnSequences: true }), layer({ units: 2, useBias: false }))],
  [`${kind} over any number of steps`, () => chain([null, features], layer({ units: 4, returnSequences: true }), layer({ units: 2 }))],
  [`${kind} with other activations`, () => chain([steps, features], layer({ units: 4, returnSequences: true, activation: 'relu', recurrentActivation: 'sigmoid' } as never), layer({ units: 4, activation: 'softsign', recurrentActivation: 'tanh' } as never))],
  [`${kind} backwards`, () => chain([steps, features], layer({ units: 4, goBackwards: true, returnSequences: true }), layer({ units: 2, goBackwards: true, activation: 'selu' }))],
  [`${kind} with states in and out`, () => states(layer)],
  [`${kind} with steps left out`, () => words(layer({ units: 4, returnSequences: true }), layer({ units: 3, goBackwards: true, returnSequences: true }), layers.timeDistributed({ layer: layers.dense({ units: 2 }) }))],
  [`${kind} after masking`, () => chain([steps, 1], layers.reLU(), layers.masking({ maskValue: 0 }), layer({ units: 4 }))],
  ...([null, 'sum', 'mul', 'concat', 'ave'] as const).flatMap((mergeMode) => [
    [`${kind} both ways, ${mergeMode}`, () => bothWays(layer, { mergeMode, returnSequences: false })],
    [`${kind} both ways, ${mergeMode}, with sequences`, () => bothWays(layer, { mergeMode, returnSequences: true })],
  ] satisfies Models),
  [`${kind} both ways with steps left out`, () => words(layers.bidirectional({ layer: layer({ units: 3, returnSequences: true }) as never, mergeMode: 'concat' }), layers.globalAveragePooling1d())],
  [`${kind} inside each step`, () => chain([3, steps, features], layers.timeDistributed({ layer: layer({ units: 4 }) }))],
] satisfies Models);

export const wrapperModels: Models = [
  ['time distributed', () => chain([4, 6, 5, 1], layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', strides: 2 }) }), layers.timeDistributed({ layer: layers.flatten() }), layers.timeDistributed({ layer: layers.dense({ units: 2, activation: 'tanh' }) }))],
  ['time distributed over any number of steps', () => chain([null, 4, 2], layers.timeDistributed({ layer: layers.flatten() }), kinds.lstm({ units: 2 }))],
  ['a model in each step', () => chain([4, 3], layers.timeDistributed({ layer: sequential({ layers: [layers.dense({ units: 4, activation: 'relu', inputShape: [3] }), layers.dense({ units: 2 })] }) }))],
  ['a mask that goes on to a softmax', () => words(kinds.lstm({ units: steps }), layers.dense({ units: steps }), layers.softmax())],
];

function states(layer: Recurrent): LayersModel {
  const x = input({ shape: [steps, features], name: 'x' });
  const count = layer({ units: 4 }).getClassName() === 'LSTM' ? 2 : 1;
  const before = Array.from({ length: count }, (_, i) => input({ shape: [4], name: `state${i}` }));
  const first = layer({ units: 4, returnState: true, returnSequences: true }).apply([x, ...before]) as SymbolicTensor[];
  const second = layer({ units: 4, returnState: true, activation: 'softplus' }).apply([first[0]!, ...first.slice(1)]) as SymbolicTensor[];
  return model({ inputs: [x, ...before], outputs: [...first, ...second] });
}

function bothWays(layer: Recurrent, { mergeMode, returnSequences }: { mergeMode: 'sum' | 'mul' | 'concat' | 'ave' | null; returnSequences: boolean }): LayersModel {
  const x = input({ shape: [steps, features], name: 'x' });
  const given = layers.bidirectional({ layer: layer({ units: 4, returnSequences, goBackwards: returnSequences && mergeMode === 'sum' }) as never, mergeMode: mergeMode as 'sum' }).apply(x);
  return model({ inputs: x, outputs: given as SymbolicTensor[] });
}
