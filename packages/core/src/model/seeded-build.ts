import { completeTensorMethods } from './complete-tensor-methods.ts';
import type { Random } from '../tensor/random.ts';

/**
 * Builds a model so that its first weights depend on the seed alone. TensorFlow.js initialisers that were given no seed
 * ask `Math.random` for one; while the model is built, that is our own source.
 */
export async function seededBuild<T>(random: Random, purpose: string, build: () => T | Promise<T>): Promise<T> {
  completeTensorMethods();
  const stream = random.stream(`build/${purpose}`);
  const original = Math.random;
  Math.random = () => stream.uniform();
  try {
    return await build();
  } finally {
    Math.random = original;
  }
}
