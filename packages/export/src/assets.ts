import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A file that comes with this package. */
export function asset(name: string): Promise<string> {
  return readFile(new URL(`../assets/${name}`, import.meta.url), 'utf8');
}

const { resolve } = createRequire(import.meta.url);

/** A file that a package of TensorFlow.js publishes. */
export function published(path: string): Promise<Buffer> {
  return readFile(resolve(`@tensorflow/${path}`));
}
