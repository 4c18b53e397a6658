import { readdir } from 'node:fs/promises';
import { codeOf, diskError } from '../files/disk-error.ts';

const pattern = /^([1-9][0-9]{0,14})\.(json|safetensors)$/;

export interface Generation {
  readonly number: number;
  readonly hasManifest: boolean;
}

export function manifestName(generation: number): string {
  return `${generation}.json`;
}

export function tensorsName(generation: number): string {
  return `${generation}.safetensors`;
}

/** The generations in a folder, oldest first; one without a manifest was never finished. Other files are not looked at. */
export async function generationsIn(folder: string): Promise<readonly Generation[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw diskError(folder, error);
  });
  const found = new Map<number, boolean>();
  for (const name of names) {
    const [, number, kind] = pattern.exec(name) ?? [];
    if (number !== undefined) found.set(Number(number), kind === 'json' || found.get(Number(number)) === true);
  }
  return [...found].map(([number, hasManifest]) => ({ number, hasManifest })).sort((a, b) => a.number - b.number);
}
