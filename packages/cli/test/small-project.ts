import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder below this one, so that configs and models find the packages that they import. */
export async function temporaryProject(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(import.meta.dirname, '.tmp-'));
  await writeFiles(folder, files);
  return folder;
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

const quadrants = ['south-west', 'south-east', 'north-west', 'north-east'];

/** Points spread evenly over a square, labelled with their quadrant. @param first the number of the first one */
function points(first: number, count: number, name: string): string {
  const line = (i: number): string => {
    const [x, y] = [0.7548776662, 0.5698402911].map((stride) => 2 * (((first + i) * stride) % 1) - 1) as [number, number];
    return JSON.stringify({ id: `${name}-${i}`, inputs: { point: [x, y] }, labels: { quadrant: quadrants[Number(x > 0) + 2 * Number(y > 0)] } });
  };
  return `${Array.from({ length: count }, (_, i) => line(i)).join('\n')}\n`;
}

/** A config that runs within a second: a teacher that is trained, one that is a function, twenty labels. */
export const smallConfig = {
  name: 'small',
  data: { train: ['jsonl', { file: './data/train.jsonl' }], test: ['jsonl', { file: './data/test.jsonl' }], labelled: 20 },
  labels: {
    quadrant: quadrants,
    side: { of: 'quadrant', groups: { west: ['south-west', 'north-west'], east: ['south-east', 'north-east'] } },
    height: { of: 'quadrant', groups: { south: ['south-west', 'south-east'], north: ['north-west', 'north-east'] } },
  },
  teachers: {
    side: { model: './models/side.js', speaks: 'side', train: { epochs: 2, batchSize: 32, optimizer: ['adamw', { learningRate: 0.05 }] } },
    height: { predict: './models/height.js', speaks: 'height' },
  },
  student: { model: './models/student.js', heads: { quadrant: 'logits' } },
  train: { epochs: 2, batchSize: 32, labelledBatchSize: 8, optimizer: ['adamw', { learningRate: 0.05 }] },
  seed: 1,
  compare: { baseline: true },
};

const model = (hidden: number, classes: number): string => `import { layers, sequential } from '@tensorflow/tfjs-layers';
export default () => sequential({ layers: [layers.dense({ units: ${hidden}, activation: 'relu', inputShape: [2] }), layers.dense({ units: ${classes}, name: 'logits' })] });
`;

/** Data and models of the small project, without its config. */
function smallFiles(): Record<string, string> {
  return {
    'data/train.jsonl': points(0, 256, 'train'),
    'data/test.jsonl': points(256, 100, 'test'),
    'models/side.js': model(8, 2),
    'models/student.js': model(16, 4),
    'models/height.js': `import { concat, mul, slice } from '@tensorflow/tfjs-core';
export default ({ point }) => concat([mul(slice(point, [0, 1], [-1, 1]), -9), mul(slice(point, [0, 1], [-1, 1]), 9)], 1);
`,
  };
}

/** The small project, ready to run. */
export function smallProject(config: unknown = smallConfig): Promise<string> {
  return temporaryProject({ ...smallFiles(), 'kd.config.json': `${JSON.stringify(config, null, 2)}\n` });
}
