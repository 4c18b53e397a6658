import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LabelSpace } from '@kd/core';
import type { ExportedHead } from './exported-model.ts';

/** One input, as it is known to people and to the model. */
interface ModelInput {
  readonly name: string;
  /** Of a sample as the data has it, e.g. of a picture whose pixels the model reads one after the other. */
  readonly sample: readonly (number | null)[];
  /** Of a sample as the model reads it, with as many numbers. */
  readonly shape: readonly (number | null)[];
  readonly dtype: 'float32' | 'int32';
}

/** What the data calls an input of the model. */
export interface DataInput {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What `labels.json` says: what goes into the model, and what its answers mean. */
export interface ModelLabels {
  readonly version: 1;
  readonly name: string;
  /** In the order of the model's inputs. */
  readonly inputs: readonly ModelInput[];
  /** In the order of the model's outputs. */
  readonly heads: readonly ExportedHead[];
  /** Coarser classes and parts: which classes of `of` each of its classes is made of. */
  readonly views: Readonly<Record<string, { readonly of: string; readonly groups: Readonly<Record<string, readonly string[]>> }>>;
}

/**
 * @param data the data's inputs in the order of the model's, where they go in as they are; one that goes in twice has no name of
 *   its own, and the model's names stand for all
 */
export function labelsOf(name: string, model: LayersModel, heads: readonly ExportedHead[], spaces: ReadonlyMap<string, LabelSpace>, data: readonly DataInput[] = []): ModelLabels {
  const known = new Set(data.map((input) => input.name)).size === data.length ? data : [];
  const views = [...spaces.values()].flatMap(({ name: own, classes, parent, groups }) => {
    if (!parent || !groups || !heads.some((head) => head.name === parent.name)) return [];
    return [[own, { of: parent.name, groups: Object.fromEntries(classes.map((label, i) => [label, groups[i]!.map((member) => parent.classes[member]!)])) }] as const];
  });
  const inputs = model.inputs.map(({ sourceLayer, shape: [, ...shape], dtype }, i): ModelInput => ({
    name: known[i]?.name ?? sourceLayer.name, sample: known[i]?.shape ?? shape, shape, dtype: dtype === 'int32' ? 'int32' : 'float32',
  }));
  return { version: 1, name, inputs, heads, views: Object.fromEntries(views) };
}
