import type { Layer } from './layers.ts';

/**
 * Numbers that a layer leaves in memory for each row until its gradient is taken, about: its output, and what it goes
 * through on the way, such as the values before an activation.
 *
 * @param shape of its output, without the batch
 */
export function heldPerRow(layer: Layer | undefined, shape: readonly (number | null)[]): number {
  const size = shape.reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
  return size * (layer ? valuesOnTheWay(layer) : 1);
}

function valuesOnTheWay(layer: Layer): number {
  const kind = layer.getClassName();
  if (kind === 'BatchNormalization' || kind === 'LayerNormalization') return 3;
  if (kind === 'Flatten' || kind === 'Reshape' || kind === 'InputLayer') return 0;
  const { activation } = layer as unknown as { readonly activation?: { getClassName(): string } };
  // The product, with its bias, and what the activation makes of it.
  return layer.weights.length > 0 && activation && activation.getClassName() !== 'linear' ? 3 : 1;
}
