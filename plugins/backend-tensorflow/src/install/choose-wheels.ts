import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { kdError } from '@kd/core';
import type { Platform } from '../library/platform.ts';
import { compareVersions, isStable, newestTested, oldestVersion } from '../library/versions.ts';
import { chooseWheel, type ChosenWheel, type Wanted } from './choose-wheel.ts';
import type { Requirement } from './requirement.ts';
import { fitsPlatform, parseWheelName } from './wheel-name.ts';
import type { WheelSource } from './wheel-source.ts';

/** What the wheels are for. */
export interface Target {
  readonly platform: Platform;
  readonly glibc: string | undefined;
  readonly cuda: boolean;
  /** Exactly this version; else the newest that kd has been tested with. */
  readonly version?: string | undefined;
}

/** The wheel of TensorFlow for a target. @throws KD_LIBRARY_VERSION */
export async function chooseTensorflow(source: WheelSource, { platform, glibc, cuda, version }: Target): Promise<ChosenWheel> {
  // Only Linux on x64 has one with CUDA and one without; elsewhere there is one, and it has none.
  const project = platform.os === 'linux' && platform.arch === 'x64' && !cuda ? 'tensorflow-cpu' : 'tensorflow';
  const accepts = version === undefined
    ? (found: string) => isStable(found) && compareVersions(found, oldestVersion) >= 0 && compareVersions(found, newestTested) <= 0
    : (found: string) => found === version;
  return chooseWheel(source, {
    project, platform, glibc, accepts,
    asked: version === undefined ? `${project} from ${oldestVersion} to ${newestTested}` : `${project} ${version}`,
    next: `Choose one that is there with --version (kd needs ${oldestVersion} or later), or name ${source.another}.`,
  });
}

/** The newest wheel that does for a requirement. @throws KD_LIBRARY_VERSION */
export async function chooseRequired(source: WheelSource, { project, specifier, accepts }: Requirement, { platform, glibc }: Target): Promise<ChosenWheel> {
  const wanted: Wanted = { project, platform, glibc, accepts: (version) => isStable(version) && accepts(version), asked: `${project}${specifier}`, next: `Name ${source.another}, or install without --cuda.` };
  return chooseWheel(source, wanted);
}

/**
 * A wheel of TensorFlow that the user has downloaded.
 *
 * @throws KD_USAGE when there is no such file, KD_FILE_INVALID when it is no wheel of TensorFlow for the target
 */
export function wheelAt(path: string, { platform, glibc, version }: Target): ChosenWheel {
  const filename = basename(path);
  const name = parseWheelName(filename);
  const refuse = (problem: string): never => {
    throw kdError('KD_FILE_INVALID', { file: path, expected: 'wheel of TensorFlow for this system', problem });
  };
  if (!existsSync(path)) throw kdError('KD_USAGE', { problem: `--from ${path}: there is no such file or folder`, next: 'Name a wheel of TensorFlow, a folder of wheels, or a folder that holds its libraries.' });
  if (!name || !/^tensorflow(-cpu|-cpu-aws)?$/.test(name.project)) return refuse(`its name is not that of one, expected for example tensorflow_cpu-${newestTested}-cp312-cp312-manylinux_2_17_x86_64.whl`);
  if (!name.platforms.some((tag) => fitsPlatform(tag, platform, glibc))) return refuse(`it is made for ${name.platforms.join(', ')}, this is ${platform.os} ${platform.arch}${glibc === undefined ? '' : ` with glibc ${glibc}`}`);
  if (compareVersions(name.version, oldestVersion) < 0) return refuse(`it is version ${name.version}, kd needs ${oldestVersion} or later`);
  if (version !== undefined && version !== name.version) return refuse(`it is version ${name.version}, --version asks for ${version}`);
  return { filename, place: resolve(path), bytes: statSync(path).size, version: name.version };
}
