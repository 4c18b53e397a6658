import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { namesIn } from '../library/library-in.ts';
import { normalise, parseWheelName } from './wheel-name.ts';

/** A wheel that can be had. */
export interface WheelFile {
  readonly filename: string;
  /** A URL, or the path of a file here. */
  readonly place: string;
  /** Hex; undefined where the source does not tell. */
  readonly sha256?: string;
  readonly bytes?: number;
  /** Why it should not be used; undefined for nearly all. */
  readonly yanked?: string;
}

/** Where wheels come from: an index, or a folder. */
export interface WheelSource {
  /** For messages; never with a password in it. */
  readonly label: string;
  /** What to name instead, for messages. */
  readonly another: string;
  /** Every wheel of a project. */
  wheels(project: string): Promise<readonly WheelFile[]>;
}

/** Wheels that somebody has put into a folder. */
export function folderSource(folder: string): WheelSource {
  return {
    label: folder,
    another: 'another folder, or a wheel, with --from',
    wheels: async (project) => namesIn(folder)
      .filter((filename) => parseWheelName(filename)?.project === normalise(project))
      .map((filename) => ({ filename, place: resolve(folder, filename) })),
  };
}

/** Whether a folder holds wheels. */
export function holdsWheels(folder: string): boolean {
  return namesIn(folder).some((name) => parseWheelName(name) && existsSync(join(folder, name)));
}
