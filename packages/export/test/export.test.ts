import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KdError } from '@kd/core';
import { ProtobufMessage } from '@kd/node';
import { exportStudent, type Exported, type ExportOptions, type GoldenSamples } from '../src/index.ts';
import { heads, spaces, twoHeaded } from './two-headed.ts';

const run = promisify(execFile);
let top: string;
let options: ExportOptions;
let made: Exported;

beforeAll(async () => {
  await tf.setBackend('cpu');
  top = await mkdtemp(join(import.meta.dirname, '.tmp-')); // below this package, so that the loader finds TensorFlow.js
  const samples = { picture: tf.randomUniform([5, 8, 8, 1], 0, 1, 'float32', 1), word: tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5], [5, 3], 'int32') };
  options = { folder: join(top, 'pets'), name: 'Pets', student: twoHeaded(), heads, spaces, samples, facts: async () => [['animals', 'seen | heard']] };
  made = await exportStudent(options);
});
afterAll(() => rm(top, { recursive: true, force: true }));

const text = (file: string): Promise<string> => readFile(join(top, 'pets', file), 'utf8');
const json = async <T>(file: string): Promise<T> => JSON.parse(await text(file)) as T;

/** What npm puts into a package of a folder. */
async function packedFiles(folder: string): Promise<string[]> {
  const [pack] = JSON.parse((await run('npm', ['pack', '--dry-run', '--json', '--offline', folder])).stdout) as [{ files: { path: string }[] }];
  return pack.files.map(({ path }) => path);
}

/** Runs a module beside the export. */
async function script(code: string): Promise<string> {
  const file = join(top, 'script.mjs');
  await writeFile(file, `import '@tensorflow/tfjs-backend-cpu';\nimport { load } from './pets/index.js';\nconst student = await load();\n${code}`);
  return (await run(process.execPath, [file])).stdout;
}

describe('an export', () => {
  test('is these files, and says how large they are', async () => {
    expect((await readdir(made.folder)).sort()).toEqual(['README.md', 'demo.html', 'golden.json', 'index.d.ts', 'index.js', 'kd-export.json', 'labels.json', 'model.json', 'package.json', 'weights.bin']);
    expect(made.files['weights.bin']).toBe(4 * (3 * 3 * 2 + 2 + 20 + 78 * 2 + 2 + 2 * 3 + 3));
    expect(Object.keys(made.files).sort()).toEqual((await readdir(made.folder)).filter((name) => name !== 'kd-export.json').sort());
    expect(made.difference).toBe(0);
  });

  test('has the heads as outputs, in their order, and says what they and their classes mean', async () => {
    expect(await json('labels.json')).toEqual({
      version: 1, name: 'Pets',
      inputs: [{ name: 'picture', sample: [8, 8, 1], shape: [8, 8, 1], dtype: 'float32' }, { name: 'word', sample: [3], shape: [3], dtype: 'int32' }],
      heads: [{ name: 'place', kind: 'values', classes: ['x', 'y'], gives: 'values' }, { name: 'animal', kind: 'classes', classes: ['cat', 'dog', 'wolf'], gives: 'probabilities' }],
      views: { tame: { of: 'animal', groups: { yes: ['cat', 'dog'], no: ['wolf'] } } },
    });
    const golden = await json<GoldenSamples>('golden.json');
    expect(golden.inputs['word']!.values).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5]);
    const expected = options.student.predict([options.samples!['picture']!, options.samples!['word']!]) as tf.Tensor;
    expect(golden.outputs['animal']!.values.map(Math.fround)).toEqual(Array.from(expected.dataSync()));
    // Without the dot npm would look for a package, or a repository, of that name.
    expect(await text('README.md')).toMatch(/^npm pack \.\/path\/to\/this\/folder$/m);
    expect(await text('README.md')).toMatch(/^npm install \.\/pets-1\.0\.0\.tgz [^]*^import \{ load \} from 'pets';$/m);
    expect(await text('README.md')).toMatch(/\| animals \| seen \\\| heard \|[^]*`picture` float32 \[8, 8, 1\], `word` int32 \[3\][^]*`animal` \| probabilities: cat, dog, wolf/);
  });

  test('is loaded by its own loader, in a process that knows nothing of kd, and answers as the samples say', async () => {
    const golden = await json<GoldenSamples>('golden.json');
    const said = JSON.parse(await script(`
import { readFileSync } from 'node:fs';
const { inputs, count } = JSON.parse(readFileSync(new URL('./pets/golden.json', import.meta.url), 'utf8'));
const samples = Array.from({ length: count }, (_, i) => ({ picture: inputs.picture.values.slice(64 * i, 64 * i + 64), word: Int32Array.from(inputs.word.values.slice(3 * i, 3 * i + 3)) }));
console.log(JSON.stringify([await student.predictMany(samples), await student.predict(samples[4])]));`)) as [{ animal: { best: string; probabilities: Record<string, number> }; place: Record<string, number> }[], unknown];
    const [all, one] = said;
    all.forEach(({ animal, place }, i) => {
      const expected = golden.outputs['animal']!.values.slice(3 * i, 3 * i + 3);
      Object.values(animal.probabilities).forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 5));
      expect(animal.best).toBe(['cat', 'dog', 'wolf'][expected.indexOf(Math.max(...expected))]);
      expect(place['x']).toBeCloseTo(golden.outputs['place']!.values[2 * i]!, 5);
    });
    expect(JSON.stringify(one)).toBe(JSON.stringify(all[4]));
  });

  test('says that a backend of TensorFlow.js is missing', async () => {
    const file = join(top, 'bare.mjs');
    await writeFile(file, `import { load } from './pets/index.js';\nawait load().catch(({ message }) => console.log(message));`);
    expect((await run(process.execPath, [file])).stdout).toBe("TensorFlow.js has no backend yet. Import one before: import '@tensorflow/tfjs-backend-wasm';\n");
  });

  test('tells what is wrong with a sample', async () => {
    const said = await script(`
for (const sample of [{ picture: new Float32Array(63), word: [1, 2, 3] }, { picture: new Float32Array(64) }, [1, 2]]) await student.predict(sample).catch(({ message }) => console.log(message));`);
    expect(said.trim().split('\n')).toEqual([
      "The input 'picture' takes 64 numbers (8 × 8 × 1) a sample, received 63.",
      "A sample has nothing for the input 'word'; expected { picture, word }.",
      "A sample has nothing for the input 'picture'; expected { picture, word }.",
    ]);
  });

  test('has types in which its classes stand', async () => {
    const file = join(top, 'typed.ts');
    const use = (best: string): string => `import { load } from './pets/index.js';\nconst { animal, place } = await (await load()).predict({ picture: new Float32Array(64), word: [1, 2, 3] });\nexport const sum: number = animal.probabilities.wolf + place.y;\nexport const right: boolean = animal.best === '${best}';\n`;
    const problems = async (): Promise<string> => run(process.execPath, [join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc'), '--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', file]).then(() => '', ({ stdout }: { stdout: string }) => stdout);
    await writeFile(file, use('dog'));
    expect(await problems()).toBe('');
    await writeFile(file, use('bird'));
    expect(await problems()).toContain("'\"bird\"' have no overlap");
  });

  test('of a student that reads an input twice goes by the student’s own names', async () => {
    const data = [{ name: 'seen', shape: [64] }, { name: 'seen', shape: [3] }];
    const twice = await exportStudent({ ...options, folder: join(top, 'twice'), data });
    const named = await exportStudent({ ...options, folder: join(top, 'named'), data: [data[0]!, { name: 'said', shape: [3] }] });
    const inputsIn = async (folder: string): Promise<string[]> => Object.keys((JSON.parse(await readFile(join(top, folder, 'golden.json'), 'utf8')) as GoldenSamples).inputs);
    expect([await inputsIn('twice'), await inputsIn('named')]).toEqual([['picture', 'word'], ['seen', 'said']]);
    for (const { model } of [twice, named]) model.dispose();
  });

  test('is written again in its own place, and into no other folder', async () => {
    const small = await exportStudent({ ...options, precision: 'uint8' });
    expect(small.files['weights.bin']).toBeLessThan(made.files['weights.bin']! / 3);
    expect(small.difference).toBeGreaterThan(0);
    expect(small.difference).toBeLessThan(0.05);
    small.model.dispose();
    await exportStudent(options);
    await writeFile(join(top, 'mine.txt'), '');
    await symlink(join(top, 'pets'), join(top, 'link'));
    for (const folder of [top, join(top, 'link'), join(top, 'mine.txt')]) {
      const error = await exportStudent({ ...options, folder }).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(KdError);
      expect((error as KdError).code).toBe('KD_OUTPUT_NOT_OURS');
    }
  });

  test('is an ONNX file too, with the same names and what the labels say, where that is asked for', async () => {
    const folder = join(top, 'onnx');
    const { files, model } = await exportStudent({ ...options, folder, onnx: true });
    const file = new ProtobufMessage(await readFile(join(folder, 'model.onnx')));
    expect(file.message(7).messages(11).map((input) => input.text(1))).toEqual(['picture', 'word']);
    expect(file.message(7).messages(12).map((output) => output.text(1))).toEqual(['place', 'animal']);
    expect(JSON.parse(file.messages(14)[0]!.text(2))).toEqual(await json('labels.json'));
    expect(files['model.onnx']).toBeGreaterThan(files['weights.bin']!);
    expect(await packedFiles(folder)).toContain('model.onnx');
    model.dispose();
    (await exportStudent({ ...options, folder })).model.dispose();
    expect(await readdir(folder)).not.toContain('model.onnx');
    expect((await packedFiles(folder)).sort()).toEqual(['README.md', 'golden.json', 'index.d.ts', 'index.js', 'labels.json', 'model.json', 'package.json', 'weights.bin']);
  });

  test('without samples has neither samples nor a demo page', async () => {
    const folder = join(top, 'bare');
    (await exportStudent({ ...options, folder })).model.dispose();
    const bare = await exportStudent({ ...options, folder, samples: undefined });
    expect(bare.difference).toBeUndefined();
    // Nor those of an earlier export.
    expect((await readdir(folder)).sort()).toEqual(['kd-export.json', ...Object.keys(bare.files)].sort());
    expect(bare.files).not.toHaveProperty('demo.html');
    bare.model.dispose();
  });
});
