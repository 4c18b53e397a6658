import type { ModelLabels } from './labels.ts';

/** The types of the loader: labels as literal types. */
export function declarations({ inputs, heads }: ModelLabels): string {
  const union = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(' | ');
  const single = inputs.length === 1 ? 'Numbers | ' : '';
  return `import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Flat, or lists of lists in the shape of the input. */
export type Numbers = ArrayLike<number> | Nested;
type Nested = readonly (readonly number[] | Nested)[];

/** ${inputs.map(({ name, sample: shape }) => `\`${name.replaceAll('*/', '* /')}\` [${shape.map((dimension) => dimension ?? '?').join(', ')}]`).join(', ')} */
export type Sample = ${single}{ ${inputs.map(({ name }) => `readonly ${JSON.stringify(name)}: Numbers`).join('; ')} };

export interface Answer {
${heads.map(({ name, kind, classes }) => `  readonly ${JSON.stringify(name)}: ${kind === 'values' ? `Readonly<Record<${union(classes)}, number>>` : `{ readonly best: ${union(classes)}; readonly probabilities: Readonly<Record<${union(classes)}, number>> }`};`).join('\n')}
}

export interface Student {
  predict(sample: Sample): Promise<Answer>;
  predictMany(samples: readonly Sample[]): Promise<Answer[]>;
  /** The TensorFlow.js model behind it. */
  readonly model: LayersModel;
  /** What stands in labels.json. */
  readonly labels: unknown;
  dispose(): void;
}

/** The student, ready to be asked. Import a backend of TensorFlow.js before. */
export function load(): Promise<Student>;
`;
}
