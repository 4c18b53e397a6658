import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@kd/core';

const WIDTH = 8;

/** An IDX file of bytes. */
export function idxBytes(shape: readonly number[], data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = 8;
  head[3] = shape.length;
  shape.forEach((dimension, i) => head.writeUInt32BE(dimension, 4 + 4 * i));
  return Buffer.concat([head, data]);
}

/** Writes points of six kinds that lie on a ring, with noise: `<name>.idx` and `<name>-labels.idx`. */
export function writePoints(base: string, name: string, size: number): void {
  const random = new Random(1).stream(name);
  const points = new Uint8Array(size * WIDTH);
  const labels = Uint8Array.from({ length: size }, (_, row) => row % 6);
  for (let i = 0; i < points.length; i++) {
    const angle = (labels[Math.floor(i / WIDTH)]! / 6) * 2 * Math.PI;
    points[i] = Math.max(0, Math.min(255, 128 + 60 * Math.cos(angle + (i % WIDTH) * 0.8) + 30 * random.normal()));
  }
  writeFileSync(join(base, `${name}.idx`), idxBytes([size, WIDTH], points));
  writeFileSync(join(base, `${name}-labels.idx`), idxBytes([size], labels));
}

/** The data of the small task, in a folder of its own. */
export function writeSmallData(base: string): void {
  mkdirSync(base, { recursive: true });
  writePoints(base, 'train', 600);
  writePoints(base, 'test', 150);
}
