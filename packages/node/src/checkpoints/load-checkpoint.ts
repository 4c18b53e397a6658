import { join } from 'node:path';
import { z } from 'zod';
import { kdError, messageOf } from '@kd/core';
import { readWhole } from '../files/read-file.ts';
import { openSealedJson } from '../files/sealed-json.ts';
import { shapeProblem } from '../files/shape-problem.ts';
import type { StoredTensor } from '../safetensors/dtypes.ts';
import { openSafetensors } from '../safetensors/read-safetensors.ts';
import { generationsIn, manifestName, tensorsName } from './generations.ts';

export interface Checkpoint {
  readonly generation: number;
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly plain: unknown;
  /** Newer generations that could not be used, and why: tell the user. */
  readonly skipped: readonly SkippedCheckpoint[];
}

export interface SkippedCheckpoint {
  readonly generation: number;
  readonly reason: string;
}

interface Manifest {
  readonly generation: number;
  readonly tensors: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly plain?: unknown;
}

const manifestSchema: z.ZodType<Manifest> = z.strictObject({
  format: z.literal('kd-checkpoint'),
  version: z.literal(1),
  generation: z.int().min(1),
  tensors: z.strictObject({ file: z.string(), bytes: z.int().min(0), sha256: z.string() }),
  plain: z.unknown(),
});

const next = 'An older checkpoint is used where there is one.';

/**
 * Loads the newest checkpoint of which every byte is as it was saved; undefined when none was ever finished.
 *
 * @throws KD_CHECKPOINT_DAMAGED when there are checkpoints but none can be used: a run never starts afresh in silence.
 */
export async function loadCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const finished = (await generationsIn(folder)).filter(({ hasManifest }) => hasManifest);
  const skipped: SkippedCheckpoint[] = [];
  for (const { number } of finished.toReversed()) {
    try {
      return { ...readGeneration(folder, number), skipped };
    } catch (error) {
      skipped.push({ generation: number, reason: messageOf(error) });
    }
  }
  if (skipped.length === 0) return undefined;
  throw kdError('KD_CHECKPOINT_DAMAGED', { folder, skipped: skipped.map(({ generation, reason }) => `generation ${generation}: ${reason}`) });
}

function readGeneration(folder: string, generation: number): Omit<Checkpoint, 'skipped'> {
  const path = join(folder, manifestName(generation));
  const parsed = manifestSchema.safeParse(openSealedJson(readWhole(path, 'Checkpoint', 1 << 28), path, next));
  if (!parsed.success) throw kdError('KD_FILE_INVALID', { file: path, expected: 'checkpoint, version 1', problem: shapeProblem(parsed.error) });
  const manifest = parsed.data;
  if (manifest.generation !== generation || manifest.tensors.file !== tensorsName(generation)) {
    throw kdError('KD_FILE_DAMAGED', { file: path, problem: `it is the manifest of generation ${manifest.generation}`, next });
  }
  const { file, bytes, sha256 } = manifest.tensors;
  const opened = openSafetensors(join(folder, file), { keepInMemoryBelow: bytes, expect: { bytes, sha256, next } });
  const tensors = Object.fromEntries([...opened.tensors.keys()].map((name) => [name, opened.read(name)]));
  opened.close();
  return { generation, tensors, plain: manifest.plain };
}
