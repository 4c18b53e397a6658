import { fromArrays, Random, type Dataset } from '@kd/core';

/** Points in a square that holds a disc; a point's place is left or right, inside or outside the disc. */
export function points(count: number, name: string): Dataset {
  const values = new Random(1).stream(name).fillUniform(new Float32Array(2 * count)).map((value) => 2 * value - 1);
  const place = Array.from({ length: count }, (_, i) => {
    const [x, y] = [values[2 * i]!, values[2 * i + 1]!];
    return Number(x > 0) + 2 * Number(Math.hypot(x, y) > 0.8);
  });
  return fromArrays({ inputs: { point: { shape: [2], values } }, labels: { place } });
}
