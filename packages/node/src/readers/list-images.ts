import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { kdError } from '@kd/core';
import { readError } from '../files/disk-error.ts';
import { sorted } from './label-column.ts';

export interface ListedImage {
  /** Path from the folder, with '/': the sample's id. */
  readonly id: string;
  /** The folder that holds it; undefined for images beside the class folders, which have no label. */
  readonly fine?: string;
}

export interface ImageTree {
  readonly images: readonly ListedImage[];
  /** Names of the folders that hold images, sorted. */
  readonly fine: readonly string[];
  /** With two levels: which of them lie in each upper folder. */
  readonly coarse?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Walks `class/name.png` or `coarse/fine/name.png`. Names that start with a dot and files that are no images are left
 * alone; links are followed.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_DATA_FOLDER
 */
export async function listImages(folder: string): Promise<ImageTree> {
  const refuse = (problem: string): never => {
    throw kdError('KD_DATA_FOLDER', { folder, problem });
  };
  const top = await list(folder);
  const images: ListedImage[] = top.images.map((name) => ({ id: name }));
  const flat: string[] = [];
  const coarse: [string, readonly string[]][] = [];
  const fineSeen = new Map<string, string>();
  for (const name of top.folders) {
    const upper = await list(join(folder, name));
    if (upper.images.length > 0 && upper.folders.length > 0) refuse(`'${name}' holds both images and folders`);
    if (upper.folders.length === 0) {
      if (upper.images.length === 0) refuse(`'${name}' holds no images`);
      flat.push(name);
      for (const image of upper.images) images.push({ id: `${name}/${image}`, fine: name });
      continue;
    }
    coarse.push([name, upper.folders]);
    for (const fine of upper.folders) {
      const before = fineSeen.get(fine);
      if (before !== undefined) refuse(`'${fine}' lies in both '${before}' and '${name}'`);
      fineSeen.set(fine, name);
      const lower = await list(join(folder, name, fine));
      if (lower.folders.length > 0) refuse(`'${name}/${fine}' holds folders: there are more than two levels`);
      if (lower.images.length === 0) refuse(`'${name}/${fine}' holds no images`);
      for (const image of lower.images) images.push({ id: `${name}/${fine}/${image}`, fine });
    }
  }
  if (flat.length > 0 && coarse.length > 0) refuse(`'${flat[0]!}' holds images, but '${coarse[0]![0]}' holds folders`);
  if (coarse.length === 0) return { images, fine: flat };
  return { images, fine: sorted([...fineSeen.keys()]), coarse: Object.fromEntries(coarse) };
}

async function list(folder: string): Promise<{ images: readonly string[]; folders: readonly string[] }> {
  try {
    const images: string[] = [];
    const folders: string[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const kind = entry.isSymbolicLink() ? await stat(join(folder, entry.name)) : entry;
      if (kind.isDirectory()) folders.push(entry.name);
      else if (kind.isFile() && /\.(?:png|jpe?g)$/i.test(entry.name)) images.push(entry.name);
    }
    return { images: images.sort(), folders: sorted(folders) };
  } catch (error) {
    throw readError(folder, 'Image folder', error);
  }
}
