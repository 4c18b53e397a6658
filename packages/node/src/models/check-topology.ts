import { serialization } from '@tensorflow/tfjs-core';
import { kdError, suggest } from '@kd/core';
import { bytesOfWeight, type WeightEntry } from './weight-entry.ts';

const mostObjects = 100_000;
/** Sizes of layers: each unit takes at least one weight, and each weight at least one byte. */
const sizes = ['units', 'filters', 'input_dim', 'output_dim'] as const;

/**
 * Checks the description of a layers model before anything is built from it: every class is one that is registered, and
 * no layer is larger than the weights that come with it.
 *
 * @throws KD_MODEL_CLASS_UNKNOWN, KD_MODEL_INVALID
 */
export function checkTopology(topology: unknown, specs: readonly WeightEntry[], file: string): void {
  const known = Object.keys(serialization.SerializationMap.getMap().classNameMap);
  const names = new Set(known);
  const weightBytes = specs.reduce((sum, spec) => sum + (bytesOfWeight(spec) ?? 0), 0);
  let objects = 0;
  const open: unknown[] = [topology];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (++objects > mostObjects) throw kdError('KD_MODEL_INVALID', { file, problem: `its description has more than ${mostObjects} parts` });
    const { class_name: className } = value as { class_name?: unknown };
    if (typeof className === 'string' && !names.has(className)) {
      const close = suggest(className, known);
      throw kdError('KD_MODEL_CLASS_UNKNOWN', { file, className: className.slice(0, 100), known: close === undefined ? known : [close, ...known.filter((name) => name !== close)] });
    }
    for (const size of sizes) {
      const claimed = (value as Record<string, unknown>)[size];
      if (typeof claimed === 'number' && claimed > weightBytes) throw kdError('KD_MODEL_INVALID', { file, problem: `a layer has ${size} = ${claimed}, more than all of its weights` });
    }
    open.push(...Object.values(value).filter((part) => typeof part === 'object' && part !== null));
  }
}
