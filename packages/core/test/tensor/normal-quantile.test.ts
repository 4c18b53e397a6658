import { expect, test } from 'vitest';
import { normalQuantile } from '../../src/tensor/normal-quantile.ts';

// Published percentage points, and the ends of what a 32-bit word can ask for.
const points: [number, number][] = [
  [0.5, 0], [0.6, 0.253347103136], [0.75, 0.674489750196], [0.925, 1.439531470938], [0.95, 1.644853626951], [0.975, 1.959963984540],
  [0.999, 3.090232306168], [1e-6, -4.753424308823], [1e-10, -6.361340902404], [2 ** -33, -6.337957754554],
];

test.each(points)('%d has quantile %d, and the mirror image the opposite', (p, x) => {
  expect(Math.abs(normalQuantile(p) - x)).toBeLessThanOrEqual(2e-7 * Math.abs(x));
  if (p > 1e-6) expect(Math.abs(normalQuantile(1 - p) + x)).toBeLessThanOrEqual(2e-7 * Math.abs(x));
});
