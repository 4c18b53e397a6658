import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kdError } from '@kd/core';
import { sha256OfFile } from '@kd/node';
import { signaturesOf, type Signature } from './signatures.ts';

/** @throws KD_FILE_MISSING, KD_FILE_INVALID, KD_MODEL_PART */
export function readSignature(folder: string, name: string): Signature {
  const file = join(folder, 'saved_model.pb');
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    throw kdError('KD_FILE_MISSING', { file, what: 'SavedModel' });
  }
  let signatures: ReturnType<typeof signaturesOf>;
  try {
    signatures = signaturesOf(bytes);
  } catch (error) {
    throw kdError('KD_FILE_INVALID', { file, expected: 'SavedModel', problem: (error as Error).message }, error);
  }
  if (!signatures) throw kdError('KD_FILE_INVALID', { file, expected: 'SavedModel', problem: "it holds no graph with the tag 'serve'" });
  pick(folder, 'signature', name, signatures);
  return signatures.get(name)!;
}

/** @throws KD_MODEL_PART where there is none of that name */
export function pick(folder: string, what: string, name: string, known: ReadonlyMap<string, unknown>): string {
  if (!known.has(name)) throw kdError('KD_MODEL_PART', { model: `The SavedModel ${folder}`, what, name, known: [...known.keys()] });
  return name;
}

/** Of all its files and of what is asked of it, so that another answer is another hash. */
export async function hashOf(folder: string, asked: readonly unknown[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(asked));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(folder.length)).update(await sha256OfFile(file));
  return hash.digest('hex');
}
