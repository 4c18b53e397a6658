import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Head, LabelSpace, NamedTensors } from '@kd/core';
import { durableWrite, loadLayersModel, readWhole, replaceFolder, saveLayersModel, type WeightPrecision } from '@kd/node';
import { asset } from './assets.ts';
import { card } from './card.ts';
import { declarations } from './declarations.ts';
import { demoPage } from './demo-page.ts';
import { exportedModel, type ExportedModel } from './exported-model.ts';
import { labelsOf, type DataInput } from './labels.ts';
import { toOnnx } from './onnx/to-onnx.ts';
import { packageOf } from './package-of.ts';
import { goldenSamples, largestDifference } from './samples.ts';

/** The file that says that a folder is an export. */
const MARKER = 'kd-export.json';

/** All that an export may hold. */
const FILES: readonly string[] = ['model.json', 'weights.bin', 'model.onnx', 'labels.json', 'index.js', 'index.d.ts', 'package.json', 'golden.json', 'demo.html', 'README.md'];

export interface ExportOptions {
  /** New, empty, or that of an earlier export, which is replaced once the new one is whole; files that kd has not written stay. */
  readonly folder: string;
  /** A title, and the package's name. */
  readonly name: string;
  readonly student: LayersModel;
  readonly heads: readonly Head[];
  readonly spaces: ReadonlyMap<string, LabelSpace>;
  /** How the file holds matrices; default `float32`. */
  readonly precision?: WeightPrecision;
  /** Real inputs, by the student's input names, `[samples, …]`; without them there is nothing to prove the export by, and no demo page. */
  readonly samples?: Readonly<NamedTensors> | undefined;
  /** Also writes `model.onnx`: the same model, its numbers as float32. */
  readonly onnx?: boolean;
  /** Whether the samples went through a function that no file holds. */
  readonly prepared?: boolean;
  /** The data's inputs in the order of the student's, where they go in as they are; else the student's own names stand for them. */
  readonly data?: readonly DataInput[];
  /** For the card: what is known of the student. @param model as it was read back from its files */
  readonly facts?: (model: LayersModel) => Promise<readonly (readonly [string, string])[]>;
}

export interface Exported {
  readonly folder: string;
  /** Bytes by file. */
  readonly files: Readonly<Record<string, number>>;
  /** The model as it was read back from its files. The caller disposes it. */
  readonly model: LayersModel;
  /** The largest `|a − b| / max(1, |b|)` between the student's answers and those of the files, over all samples. */
  readonly difference: number | undefined;
}

/**
 * Writes a student as it ships: the model, what its answers mean, samples that prove it, a loader with types, a demo page.
 * An export that fails or is killed leaves an earlier one as it was.
 *
 * @throws KD_OUTPUT_NOT_OURS, KD_RUN_LOCKED, KD_HEAD_UNKNOWN, KD_MODEL_INVALID, KD_EXPORT_UNSUPPORTED, KD_EXPORT_WRONG, KD_DISK
 */
export async function exportStudent(options: ExportOptions): Promise<Exported> {
  const { folder, student, heads, onnx = false } = options;
  const made = exportedModel(student, heads);
  if (onnx) await toOnnx(made.model); // whether it can be, before anything is written
  return replaceFolder(folder, { kind: 'export', marker: MARKER, files: FILES }, async (fresh) => ({ folder, ...(await writeExport(fresh, made, options)) }));
}

async function writeExport(folder: string, made: ExportedModel, { name, spaces, precision = 'float32', samples, onnx = false, prepared = false, data, facts }: ExportOptions): Promise<Omit<Exported, 'folder'>> {
  const { bytes } = await saveLayersModel(made.model, folder, { precision });
  const { model } = await loadLayersModel(join(folder, 'model.json'));
  const names = made.heads.map((head) => head.name);
  const labels = labelsOf(name, model, made.heads, spaces, data);
  const called = labels.inputs.map((input) => input.name);
  const [own, golden] = samples ? [await goldenSamples(made.model, samples, names, called), await goldenSamples(model, samples, names, called)] : [];
  const { modelTopology: topology, weightsManifest } = JSON.parse(text(folder, 'model.json')) as { modelTopology: unknown; weightsManifest: { weights: unknown[] }[] };
  const weights = readWhole(join(folder, 'weights.bin'), 'Weights', 2 ** 32);
  const contents: Record<string, { readonly what: string; readonly content: string | Uint8Array }> = {
    ...(onnx && { 'model.onnx': { what: 'the same model for ONNX Runtime', content: await toOnnx(model, { name, metadata: { labels: JSON.stringify(labels) } }) } }),
    'labels.json': { what: 'inputs, heads and classes', content: JSON.stringify(labels, null, 2) },
    'index.js': { what: 'the loader', content: await asset('index.js') },
    'index.d.ts': { what: 'its types: classes as literals', content: declarations(labels) },
    'package.json': { what: 'to pack or to publish it', content: packageOf(name, onnx) },
    ...(golden && {
      'golden.json': { what: 'samples that prove it', content: JSON.stringify(golden) },
      'demo.html': { what: 'one file that opens by double click', content: await demoPage({ labels, golden, topology, specs: weightsManifest.flatMap((group) => group.weights), weights, pictures: !prepared }) },
    }),
  };
  const files: Record<string, number> = { 'model.json': bytes - weights.length, 'weights.bin': weights.length };
  const listed = [['model.json', 'the layers'], ['weights.bin', `the weights${precision === 'float32' ? '' : `, matrices as ${precision}`}`], ...Object.entries(contents).map(([file, { what }]) => [file, what])] as [string, string][];
  const readme = card({ labels, facts: (await facts?.(model)) ?? [], files: listed, prepared, golden: golden !== undefined });
  for (const [file, content] of [...Object.entries(contents).map(([file, one]) => [file, one.content] as const), ['README.md', readme] as const]) files[file] = (await durableWrite(join(folder, file), content)).bytes;
  return { files, model, difference: own && golden && largestDifference(golden, own) };
}

function text(folder: string, file: string): string {
  return Buffer.from(readWhole(join(folder, file), 'Model', 2 ** 28)).toString('utf8');
}
