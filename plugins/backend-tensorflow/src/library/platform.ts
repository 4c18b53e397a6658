/** A system that libraries are made for, in the words of Node: `linux` and `x64`, `darwin` and `arm64` … */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

export const here: Platform = { os: process.platform, arch: process.arch };

/** The names of TensorFlow's two libraries, where it has any that kd can use. */
export interface LibraryNames {
  readonly cc: string;
  readonly framework: string;
}

/** @returns undefined where TensorFlow's packages hold no such libraries. */
export function libraryNames({ os, arch }: Platform = here): LibraryNames | undefined {
  if (os === 'linux' && (arch === 'x64' || arch === 'arm64')) return { cc: 'libtensorflow_cc.so.2', framework: 'libtensorflow_framework.so.2' };
  if (os === 'darwin' && arch === 'arm64') return { cc: 'libtensorflow_cc.2.dylib', framework: 'libtensorflow_framework.2.dylib' };
  return undefined;
}
