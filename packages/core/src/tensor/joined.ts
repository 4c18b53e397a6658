import { concat, reshape, split, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { sizeOfShape } from './size-of-shape.ts';

/** All elements as one vector, which takes the place of the tensors: they are freed. A single one stays as it is. */
export function joined(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 1) return tensors[0]!;
  const vector = tidy(() => concat(tensors.map((tensor) => reshape(tensor, [tensor.size]))));
  for (const tensor of tensors) tensor.dispose();
  return vector;
}

/** The way back: tensors of these shapes, which take the place of the vector. */
export function parted(vector: Tensor, shapes: readonly number[][]): Tensor[] {
  if (shapes.length === 1) return [vector];
  const sizes = shapes.map(sizeOfShape);
  const parts = tidy(() => split(vector, sizes).map((part, i) => reshape(part, shapes[i]!)));
  vector.dispose();
  return parts;
}
