import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a dense network as a graph model: the nodes that TensorFlow's converter would write for it.
 *
 * @param weights kernel and bias of each layer, in order
 */
export async function saveGraphModel(folder, weights) {
  const node = (name, op, input = [], attr = {}) => ({ name, op, input, attr: { T: { type: 'DT_FLOAT' }, ...attr } });
  const dim = (shape) => ({ dim: shape.map((size) => ({ size: String(size) })) });
  const nodes = [node('image', 'Placeholder', [], { dtype: { type: 'DT_FLOAT' }, shape: { shape: dim([-1, weights[0].shape[0]]) } })];
  for (let i = 0; i < weights.length; i += 2) {
    const [kernel, bias] = [`dense_${i / 2}/kernel`, `dense_${i / 2}/bias`];
    [kernel, bias].forEach((name, k) => nodes.push(node(name, 'Const', [], { dtype: { type: 'DT_FLOAT' }, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: dim(weights[i + k].shape) } } })));
    nodes.push(node(`dense_${i / 2}/MatMul`, 'MatMul', [nodes.at(-3).name, kernel], { transpose_a: { b: false }, transpose_b: { b: false } }));
    nodes.push(node(`dense_${i / 2}/BiasAdd`, 'BiasAdd', [nodes.at(-1).name, bias], { data_format: { s: 'TkhXQw==' } }));
    const last = i + 2 === weights.length;
    nodes.push(node(last ? 'probabilities' : `dense_${i / 2}/Relu`, last ? 'Softmax' : 'Relu', [nodes.at(-1).name]));
  }
  const specs = weights.map(({ shape }, i) => ({ name: `dense_${Math.floor(i / 2)}/${i % 2 === 0 ? 'kernel' : 'bias'}`, shape, dtype: 'float32' }));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'weights.bin'), Buffer.concat(weights.map((tensor) => Buffer.from(tensor.dataSync().buffer))));
  await writeFile(join(folder, 'model.json'), JSON.stringify({
    format: 'graph-model', generatedBy: 'save-graph-model.mjs', convertedBy: null,
    modelTopology: { node: nodes, versions: {} },
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
  }));
}
