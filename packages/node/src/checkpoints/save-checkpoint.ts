import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { kdError } from '@kd/core';
import { diskError } from '../files/disk-error.ts';
import { durableWrite } from '../files/durable-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { sealJson } from '../files/sealed-json.ts';
import { sweepTemporaryFiles } from '../files/sweep-temporary-files.ts';
import type { StoredTensor } from '../safetensors/dtypes.ts';
import { firstNotFinite } from '../safetensors/first-not-finite.ts';
import { encodeSafetensors } from '../safetensors/write-safetensors.ts';
import { generationsIn, manifestName, tensorsName } from './generations.ts';

export interface CheckpointContent {
  /** Every tensor of the run's state, by name. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** Everything else, as plain JSON data: position, schedules, hashes, versions. */
  readonly plain: unknown;
  /** How many generations stay; at least 2, so that a damaged newest one never is the only one. Default 2. */
  readonly kept?: number;
}

/**
 * Saves a new generation and then removes the oldest beyond `kept`: `<n>.safetensors` first, its manifest `<n>.json` with
 * the hashes last. No file that a manifest names is ever written again. One process at a time: hold the run's lock.
 * Returns the number of the new generation.
 *
 * @throws KD_CHECKPOINT_NOT_FINITE (nothing is written), KD_DISK (what was saved before is intact)
 */
export async function saveCheckpoint(folder: string, { tensors, plain, kept = 2 }: CheckpointContent): Promise<number> {
  expectFinite(tensors);
  await makeFolder(folder);
  await sweepTemporaryFiles(folder);
  const pieces = encodeSafetensors({ tensors });
  await expectSpace(folder, pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  const before = await generationsIn(folder);
  const generation = (before.at(-1)?.number ?? 0) + 1;
  const file = tensorsName(generation);
  const written = await durableWrite(join(folder, file), pieces);
  const manifest = { format: 'kd-checkpoint', version: 1, generation, tensors: { file, ...written }, plain };
  await durableWrite(join(folder, manifestName(generation)), sealJson(manifest));
  const finished = before.filter(({ hasManifest }) => hasManifest);
  const oldest = finished.at(1 - Math.max(2, kept))?.number ?? 0;
  for (const { number, hasManifest } of before) if (number < oldest || !hasManifest) await removeGeneration(folder, number);
  return generation;
}

/** The manifest goes first: tensors without one are an unfinished generation, which nobody reads. */
async function removeGeneration(folder: string, generation: number): Promise<void> {
  for (const name of [manifestName(generation), tensorsName(generation)]) {
    await rm(join(folder, name), { force: true }).catch((error: unknown) => {
      throw diskError(join(folder, name), error);
    });
  }
}

function expectFinite(tensors: Readonly<Record<string, StoredTensor>>): void {
  for (const [tensor, stored] of Object.entries(tensors)) {
    const found = firstNotFinite(stored);
    if (found) throw kdError('KD_CHECKPOINT_NOT_FINITE', { tensor, index: found.index, value: String(found.value) });
  }
}

/** For the manifest and for what else the run writes meanwhile, in bytes. */
const reserve = 1 << 20;

/** Better to say so now than to find out after half of it is written. */
async function expectSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(folder).catch((error: unknown) => {
    throw diskError(folder, error);
  });
  const free = bavail * bsize;
  if (blocks === 0 || free > bytes + reserve) return; // some network disks report nothing at all
  throw kdError('KD_DISK', { file: folder, reason: `the checkpoint needs ${bytes} bytes and ${reserve} to spare, ${free} are free`, next: 'What was saved before is intact: free some space and run the same command again.' });
}
