import type { ModelLabels } from './labels.ts';
import { packageName, VERSION } from './package-of.ts';

export interface CardOptions {
  readonly labels: ModelLabels;
  /** What is known of it: a table's rows, name and value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly files: readonly (readonly [string, string])[];
  /** Whether the config prepares the inputs by a function, which no file holds. */
  readonly prepared: boolean;
  readonly golden: boolean;
}

/** The README of what ships. */
export function card({ labels: { name, inputs, heads, views }, facts, files, prepared, golden }: CardOptions): string {
  const sizes = inputs.map(({ name: input, sample: shape, dtype }) => `\`${cell(input)}\` ${dtype} [${shape.map((dimension) => dimension ?? '?').join(', ')}]`).join(', ');
  return `# ${cell(name)}

A model that was distilled with kd.

| | |
|---|---|
${facts.map(([key, value]) => `| ${key} | ${cell(value)} |`).join('\n')}
| reads | ${sizes}${prepared ? ', as the config\'s `preprocess` gives them: that function is not in here' : ''} |
${heads.map((head) => `| answers \`${cell(head.name)}\` | ${head.gives}${head.gives === 'logits' ? ', one a class: a softmax makes them probabilities' : ''}: ${cell(head.classes.join(', '))} |`).join('\n')}
${Object.entries(views).map(([view, { of, groups }]) => `| \`${cell(view)}\`, from \`${cell(of)}\` | ${cell(Object.entries(groups).map(([group, members]) => `${group}: ${members.join(', ')}`).join('; '))} |\n`).join('')}
## Use it

In your project, with the path of this folder, which begins with a dot or a slash:

\`\`\`sh
npm pack ./path/to/this/folder
npm install ./${packageName(name)}-${VERSION}.tgz @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-backend-wasm
\`\`\`

Save this as \`ask.mjs\` and run \`node ask.mjs\`:

\`\`\`js
import '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { load } from '${packageName(name)}';

await setBackend('wasm');
const student = await load();
console.log(await student.predict(${exampleOf(inputs)}));
\`\`\`

In a web page, with a bundler such as Vite, \`@tensorflow/tfjs-backend-cpu\` does for a small model: install and import it instead, and leave out \`setBackend\`.
The wasm backend is faster, but a page has to be told [where its files lie](https://www.npmjs.com/package/@tensorflow/tfjs-backend-wasm).
In TypeScript, \`skipLibCheck\` keeps TensorFlow.js's own types quiet. \`tf.loadLayersModel\` opens \`model.json\` too, quantised or not.

## What is here

| file | |
|---|---|
${files.map(([file, what]) => `| \`${file}\` | ${what} |`).join('\n')}
${golden ? `
\`golden.json\` holds real inputs and this model's answers, as plain numbers. Another runtime is right where \`|a − b| ≤ tolerance · max(1, |b|)\`.
` : ''}
Whose answers a model has learned from may bind what it may be used for: see the licences of its teachers and of its data.
`;
}

function exampleOf(inputs: ModelLabels['inputs']): string {
  const numbers = (shape: readonly (number | null)[]): string => `new Float32Array(${shape.reduce<number>((size, dimension) => size * (dimension ?? 1), 1)})`;
  return inputs.length === 1 ? numbers(inputs[0]!.shape) : `{ ${inputs.map(({ name, shape }) => `${JSON.stringify(name)}: ${numbers(shape)}`).join(', ')} }`;
}

function cell(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
