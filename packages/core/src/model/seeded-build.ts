import { completeTensorMethods } from './complete-tensor-methods.ts';
import type { Random, RandomStream } from '../tensor/random.ts';

/** Builds under way, the innermost last: a model may be made of another that is built on the way. */
const building: RandomStream[] = [];
let original = Math.random;

/**
 * Builds a model so that its first weights depend on the seed alone. TensorFlow.js initialisers that were given no seed
 * ask `Math.random` for one; while the model is built, that is our own source.
 */
export async function seededBuild<T>(random: Random, purpose: string, build: () => T | Promise<T>): Promise<T> {
  completeTensorMethods();
  const stream = random.stream(`build/${purpose}`);
  if (building.length === 0) {
    original = Math.random;
    Math.random = () => building.at(-1)!.uniform();
  }
  building.push(stream);
  try {
    return await build();
  } finally {
    building.splice(building.indexOf(stream), 1);
    if (building.length === 0) Math.random = original;
  }
}
