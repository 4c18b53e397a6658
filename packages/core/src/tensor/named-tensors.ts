import type { Tensor } from '@tensorflow/tfjs-core';

/** Tensors by name: the form in which state, batches, gradients and knobs walk through the step. */
export type NamedTensors = Record<string, Tensor>;

/** The entries below `prefix/`, without the prefix. */
export function under(named: Readonly<NamedTensors>, prefix: string): NamedTensors {
  const start = `${prefix}/`;
  const found: NamedTensors = {};
  for (const name in named) if (name.startsWith(start)) found[name.slice(start.length)] = named[name]!;
  return found;
}

/** The same entries with `prefix/` before each name. */
export function withPrefix(prefix: string, named: Readonly<NamedTensors>): NamedTensors {
  const prefixed: NamedTensors = {};
  for (const name in named) prefixed[`${prefix}/${name}`] = named[name]!;
  return prefixed;
}

/** Disposes every tensor. */
export function disposeAll(named: Readonly<NamedTensors>): void {
  for (const name in named) named[name]!.dispose();
}

/** The bytes that the tensors hold. */
export function bytesOf(named: Readonly<NamedTensors>): number {
  let bytes = 0;
  for (const name in named) bytes += named[name]!.size * (named[name]!.dtype === 'bool' ? 1 : 4);
  return bytes;
}
