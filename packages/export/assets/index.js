// Loads this student: in Node, in a browser, with or without a bundler. Import a backend of TensorFlow.js before, such as
// @tensorflow/tfjs-backend-wasm.
import { ready, softmax, tensor, tidy } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

const files = {
  description: new URL('./model.json', import.meta.url),
  weights: new URL('./weights.bin', import.meta.url),
  labels: new URL('./labels.json', import.meta.url),
};

/** The student, ready to be asked. */
export async function load() {
  await ready().catch((error) => {
    if (!/no backend found/i.test(error.message)) throw error;
    throw new Error("TensorFlow.js has no backend yet. Import one before: import '@tensorflow/tfjs-backend-wasm';", { cause: error });
  });
  const [description, weightData, labels] = await Promise.all([json(files.description), read(files.weights), json(files.labels)]);
  const { modelTopology, weightsManifest } = description;
  const model = await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData }) });
  const predictMany = async (samples) => {
    if (samples.length === 0) return [];
    const outputs = tidy(() => {
      const given = labels.inputs.map((input) => batchOf(samples.map((sample) => partOf(sample, input, labels.inputs)), input));
      return [model.predict(given)].flat().map((output, i) => (labels.heads[i].gives === 'logits' ? softmax(output) : output));
    });
    const values = await Promise.all(outputs.map((output) => output.data()));
    for (const output of outputs) output.dispose();
    return samples.map((_, row) => Object.fromEntries(labels.heads.map((head, i) => [head.name, answerOf(head, values[i], row)])));
  };
  return { model, labels, predictMany, predict: async (sample) => (await predictMany([sample]))[0], dispose: () => model.dispose() };
}

function answerOf({ kind, classes }, values, row) {
  const own = Object.fromEntries(classes.map((name, i) => [name, values[row * classes.length + i]]));
  return kind === 'values' ? own : { best: classes.reduce((best, name) => (own[name] > own[best] ? name : best)), probabilities: own };
}

/** A sample is its numbers, or, of a model with several inputs, the numbers by input. */
function partOf(sample, { name }, inputs) {
  const isNumbers = Array.isArray(sample) || ArrayBuffer.isView(sample);
  const part = isNumbers && inputs.length === 1 ? sample : sample?.[name];
  if (part === undefined) throw new Error(`A sample has nothing for the input '${name}'; expected ${inputs.length === 1 ? 'its numbers' : `{ ${inputs.map((input) => input.name).join(', ')} }`}.`);
  return Array.isArray(part) ? part.flat(Infinity) : part;
}

function batchOf(parts, { name, sample, shape, dtype }) {
  const known = shape.reduce((size, dimension) => size * (dimension ?? 1), 1);
  const free = shape.indexOf(null);
  const size = free < 0 ? known : parts[0].length;
  const wrong = parts.find(({ length }) => length !== size);
  if (wrong) throw new Error(`The input '${name}' takes ${size} numbers (${sample.map((dimension) => dimension ?? '?').join(' × ')}) a sample, received ${wrong.length}.`);
  const values = new (dtype === 'int32' ? Int32Array : Float32Array)(parts.length * size);
  parts.forEach((part, i) => values.set(part, i * size));
  return tensor(values, [parts.length, ...shape.map((dimension) => dimension ?? size / known)], dtype);
}

async function json(url) {
  return JSON.parse(new TextDecoder().decode(await read(url)));
}

async function read(url) {
  if (url.protocol === 'file:') {
    const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:fs/promises');
    return new Uint8Array(await readFile(url)).buffer;
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return response.arrayBuffer();
}
