import { closeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { kdError } from '@kd/core';
import { parseJson } from '../files/parse-json.ts';
import { readExactly, readWhole } from '../files/read-file.ts';
import { sha256 } from '../files/hash.ts';
import { shapeProblem } from '../files/shape-problem.ts';
import { openInFolder, realPathOf } from './model-folder.ts';
import { hashOfWeights, takeWeights, type TakenWeight } from './take-weights.ts';
import { bytesOfWeight, weightsManifestSchema, type WeightEntry, type WeightGroup } from './weight-entry.ts';

export interface ModelLimits {
  /** The most bytes that all weight files together may have. Default 4 GiB. */
  readonly mostBytes?: number;
}

export interface ModelFiles {
  /** As given, for messages. */
  readonly file: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly topology: Readonly<Record<string, unknown>>;
  readonly specs: readonly WeightEntry[];
  readonly weights: readonly TakenWeight[];
  readonly weightData: ArrayBuffer;
  /** sha256 of the weights alone, as a safetensors file would hold them. */
  readonly weightsHash: string;
  /** sha256 of description and weights together. */
  readonly hash: string;
}

const largestJson = 256 << 20;
const modelSchema = z.object({ modelTopology: z.record(z.string(), z.unknown()), weightsManifest: weightsManifestSchema });

/**
 * Reads a model.json and its weight files, without the file handlers of TensorFlow.js, which follow any path and accept
 * any bytes. Every weight is finite, and the files are exactly as long as the manifest says.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_FILE_UNSAFE, KD_FILE_TOO_LARGE, KD_FILE_INVALID, KD_FILE_TRUNCATED,
 * KD_FILE_DAMAGED, KD_MODEL_INVALID
 */
export function readModelFiles(file: string, { mostBytes = 2 ** 32 }: ModelLimits = {}): ModelFiles {
  const real = realPathOf(file);
  const json = parseJson(readWhole(real, 'Model', largestJson), file, 'model.json') as Record<string, unknown>;
  const parsed = modelSchema.safeParse(json);
  if (!parsed.success) throw kdError('KD_FILE_INVALID', { file, expected: 'TensorFlow.js model.json', problem: shapeProblem(parsed.error) });
  const { modelTopology: topology, weightsManifest } = parsed.data;
  const specs = weightsManifest.flatMap(({ weights }) => weights);
  expectDistinctNames(specs, file);
  const weightData = readWeightFiles(dirname(real), weightsManifest, file, mostBytes);
  const weights = takeWeights(specs, weightData, file);
  const weightsHash = hashOfWeights(weights);
  const hash = hashOfModel(topology, weightsHash);
  expectRecorded(json['userDefinedMetadata'], { weightsHash, hash }, file);
  return { file, json, topology, specs, weights, weightData, weightsHash, hash };
}

/** One hash for what a model is: its description and its weights. */
export function hashOfModel(topology: unknown, weightsHash: string): string {
  return sha256(`${JSON.stringify(topology)}\n${weightsHash}`);
}

function readWeightFiles(folder: string, groups: readonly WeightGroup[], modelFile: string, mostBytes: number): ArrayBuffer {
  const files: { path: string; size: number; fd: number }[] = [];
  try {
    let total = 0;
    for (const { paths, weights } of groups) {
      const before = total;
      for (const path of paths) {
        const opened = openInFolder(folder, path, modelFile);
        files.push({ path: join(folder, path), ...opened });
        total += opened.size;
        if (total > mostBytes) throw kdError('KD_FILE_TOO_LARGE', { file: modelFile, bytes: total, most: mostBytes });
      }
      expectLength(weights, total - before, join(folder, paths.join(' + ')));
    }
    const data = new Uint8Array(total);
    let at = 0;
    for (const { path, ...opened } of files) {
      readExactly(opened, path, data.subarray(at, at + opened.size), 0);
      at += opened.size;
    }
    return data.buffer;
  } finally {
    for (const { fd } of files) closeSync(fd);
  }
}

function expectLength(weights: readonly WeightEntry[], received: number, file: string): void {
  const bytes = weights.map((weight) => bytesOfWeight(weight));
  const expected = bytes.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const fits = bytes.includes(undefined) ? received >= expected : received === expected;
  if (!fits) throw kdError('KD_FILE_TRUNCATED', { file, expected, received });
}

function expectDistinctNames(specs: readonly WeightEntry[], file: string): void {
  const seen = new Set<string>();
  for (const { name } of specs) {
    const problem = seen.has(name) ? 'stands twice' : name in Object.prototype ? 'is a name that JavaScript keeps for itself' : undefined;
    if (problem) throw kdError('KD_MODEL_INVALID', { file, problem: `weight '${name}' ${problem}` });
    seen.add(name);
  }
}

/** Models that kd saved say which layers and weights they hold. */
function expectRecorded(metadata: unknown, found: { readonly weightsHash: string; readonly hash: string }, file: string): void {
  const recorded = (metadata as { kd?: { weightsHash?: unknown; hash?: unknown } } | null | undefined)?.kd;
  const other = (['weightsHash', 'hash'] as const).find((name) => recorded?.[name] !== undefined && recorded[name] !== found[name]);
  if (other === undefined) return;
  throw kdError('KD_FILE_DAMAGED', { file, problem: `its ${other === 'hash' ? 'layers' : 'weights'} are not those that it was saved with`, next: 'Copy or save the model again.' });
}
