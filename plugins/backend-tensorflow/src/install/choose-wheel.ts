import { kdError } from '@kd/core';
import type { Platform } from '../library/platform.ts';
import { compareVersions, isStable } from '../library/versions.ts';
import { fitsPlatform, parseWheelName } from './wheel-name.ts';
import type { WheelFile, WheelSource } from './wheel-source.ts';

export interface Wanted {
  readonly project: string;
  readonly platform: Platform;
  readonly glibc: string | undefined;
  /** Which versions will do. */
  readonly accepts: (version: string) => boolean;
  /** For the message, when there is none: the wish as the user knows it, and what to do. */
  readonly asked: string;
  readonly next: string;
}

export interface ChosenWheel extends WheelFile {
  readonly version: string;
}

/**
 * The newest version of a project that fits the wish and this system. Wheels of one version differ in the Python that
 * they are for, which makes no difference to the libraries in them: the first by name is taken.
 *
 * @throws KD_LIBRARY_VERSION
 */
export async function chooseWheel(source: WheelSource, { project, platform, glibc, accepts, asked, next }: Wanted): Promise<ChosenWheel> {
  const fitting: ChosenWheel[] = [];
  for (const file of await source.wheels(project)) {
    const name = parseWheelName(file.filename);
    if (name?.platforms.some((tag) => fitsPlatform(tag, platform, glibc))) fitting.push({ ...file, version: name.version });
  }
  fitting.sort((a, b) => compareVersions(b.version, a.version) || (a.filename < b.filename ? -1 : 1));
  const found = fitting.find(({ version, yanked }) => yanked === undefined && accepts(version)) ?? fitting.find(({ version }) => accepts(version));
  if (found) return found;
  const known = [...new Set(fitting.map(({ version }) => version).filter(isStable))];
  throw kdError('KD_LIBRARY_VERSION', { library: asked, platform: `${platform.os} ${platform.arch}`, from: source.label, known, next });
}
