import { kdError } from '@kd/core';
import { libraryNames, type LibraryNames, type Platform } from '../library/platform.ts';
import { compareVersions, oldestVersion } from '../library/versions.ts';

const insteadWasm = "Without it, kd computes here with the backend 'wasm': leave `backend` out, or set it to 'auto'.";

/**
 * The names of the libraries for a system, when it is one that TensorFlow is built for.
 *
 * @param glibc the version of the system's C library; undefined where it has another
 * @throws KD_LIBRARY_PLATFORM with what to do there
 */
export function expectPlatform(platform: Platform, glibc: string | undefined, cuda: boolean): LibraryNames {
  const refuse = (library: string, next: string, without: string = ''): never => {
    throw kdError('KD_LIBRARY_PLATFORM', { library, platform: `${platform.os} ${platform.arch}${without}`, next });
  };
  const { os, arch } = platform;
  if (os === 'win32') return refuse('TensorFlow', `Install Linux inside Windows (WSL) with \`wsl --install\`, Node inside that, and run the same command there. ${insteadWasm}`);
  const names = libraryNames(platform) ?? refuse('TensorFlow', `Use Linux on x64 or arm64, or macOS on arm64. ${insteadWasm}`);
  if (os === 'linux' && glibc === undefined) return refuse('TensorFlow', `Use a system with glibc: Debian, Ubuntu, Fedora and most others have it, Alpine has not. ${insteadWasm}`, ' without glibc');
  if (cuda && !(os === 'linux' && arch === 'x64')) return refuse('TensorFlow with CUDA', 'Use Linux on x64 with an NVIDIA GPU, or run the command without --cuda.');
  return names;
}

/** @throws KD_USAGE for what is no version, or too old a one */
export function expectVersion(version: string): void {
  if (!/^\d+\.\d+\.\d+[\w.]*$/.test(version)) throw kdError('KD_USAGE', { problem: `--version ${version}: expected a version of TensorFlow`, next: 'Write for example --version 2.20.0.' });
  if (compareVersions(version, oldestVersion) < 0) throw kdError('KD_USAGE', { problem: `--version ${version}: kd needs ${oldestVersion} or later`, next: 'Choose a later one, or leave --version out.' });
}
