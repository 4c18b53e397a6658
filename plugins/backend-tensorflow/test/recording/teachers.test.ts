import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { compiledModel, fromLayersModel, graphTeacher, resolveLabelSpaces, type Backend } from '@kd/core';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import { describeNative, startNative } from '../native.ts';

let backend: Backend & { readonly warnings: string[] };

/** A graph model `softmax(x · w)`, as the converter writes one. */
function graph(weights: Float32Array): ReturnType<typeof loadGraphModelSync> {
  const node = (name: string, op: string, input: string[], attr: object): object => ({ name, op, input, attr });
  const type = { type: 'DT_FLOAT' };
  return loadGraphModelSync({
    modelTopology: {
      node: [
        node('x', 'Placeholder', [], { dtype: type, shape: { shape: { dim: [{ size: '-1' }, { size: '3' }] } } }),
        node('w', 'Const', [], { dtype: type, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '3' }, { size: '2' }] } } } }),
        node('product', 'MatMul', ['x', 'w'], { T: type, transpose_a: { b: false }, transpose_b: { b: false } }),
        node('answer', 'Softmax', ['product'], { T: type }),
      ],
      versions: { producer: 1 },
    },
    weightSpecs: [{ name: 'w', shape: [3, 2], dtype: 'float32' }],
    weightData: weights.buffer as ArrayBuffer,
  } as never);
}

describeNative('a teacher', () => {
  beforeAll(async () => {
    backend = await startNative();
  });

  it('that is a graph model answers by one call, for every batch size, and any node can be asked for', () => {
    const model = graph(Float32Array.of(1, 0, 0, 1, 2, -1));
    const space = resolveLabelSpaces({ kind: ['a', 'b'] }).get('kind')!;
    const teacher = (compile: Backend['compile']): ReturnType<typeof graphTeacher> =>
      graphTeacher({ id: 'graph', space, graph: model as never, hash: '', parameters: 6, inputs: (given) => given, inputNames: ['x'], gives: 'probabilities', compile });
    const [plain, compiled] = [teacher(undefined), teacher(backend.compile)];
    for (const rows of [4, 4, 2, 4]) {
      const x = tf.randomNormal([rows, 3], 0, 1, 'float32', rows);
      const [expected, answered] = [plain, compiled].map((one) => tf.tidy(() => one!.signals({ x }, ['product']) as Record<string, tf.Tensor>));
      for (const name in expected!) expected[name]!.dataSync().forEach((value, i) => expect(answered![name]!.dataSync()[i]).toBeCloseTo(value, 5));
      tf.dispose([x, expected!, answered!]);
    }
    expect(backend.warnings).toEqual([]);
  });

  it('that is a layers model answers with its weights as they are now', async () => {
    const layersModel = sequential({ layers: [layers.dense({ units: 2, useBias: false, inputShape: [2], name: 'answer' })] });
    const model = compiledModel(fromLayersModel(layersModel), backend.compile!);
    const input = { [model.inputs[0]!.name]: tf.tensor2d([[1, 2]]) };
    const answer = (): number[] => tf.tidy(() => [...model.call(input, { training: false, outputs: ['answer'] }).outputs['answer']!.dataSync()]);
    for (const factor of [1, 2, 3, 4]) {
      model.assign({ '0.kernel': tf.tensor2d([[factor, 0], [0, factor]]) });
      expect(answer()).toEqual([factor, 2 * factor]);
    }
    await model.park!();
    model.unpark!();
    expect(answer()).toEqual([4, 8]);
    expect(backend.warnings).toEqual([]);
  });
});
