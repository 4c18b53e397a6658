import { readFileSync } from 'node:fs';
import type { Environment, InstallOptions } from '../../src/index.ts';
import { httpClient } from '../../src/index.ts';
import { libraryNames } from '../../src/library/platform.ts';
import { makeWheel, type Files, type WheelOptions } from './make-wheel.ts';

const linux = { os: 'linux', arch: 'x64' } as const;
const names = libraryNames(linux)!;
const tag = 'manylinux_2_17_x86_64.manylinux2014_x86_64';

export const wheelName = (version: string, project: string = 'tensorflow_cpu', python: string = 'cp311-cp311'): string => `${project}-${version}-${python}-${tag}.whl`;

/** What the library of a version is made of here. */
export const contentOf = (version: string): string => `cc of ${version}`;

/** A wheel as TensorFlow's are laid out, with a few bytes as libraries. */
export function tensorflowWheel(version: string, { project = 'tensorflow_cpu', files = {}, ...options }: WheelOptions & { project?: string; files?: Files } = {}): Buffer {
  return makeWheel(`${project}-${version}`, {
    [`tensorflow/${names.cc}`]: contentOf(version), [`tensorflow/${names.framework}`]: 'framework', 'tensorflow.libs/libomp.so.5': 'omp',
    'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices', 'tensorflow/include/eigen/LICENSE': 'headers', 'tensorflow/python/ops.py': 'python', ...files,
  }, options);
}

/** Options of an installation into `folder` whose proof is that the library says its version. */
export async function installing(folder: string, index: string): Promise<InstallOptions & { environment: Environment }> {
  return {
    environment: { KD_CACHE: folder }, index, platform: linux, http: await httpClient(2_000, [10, 20]),
    prove: async ({ cc }) => {
      const version = /^cc of (.+)$/.exec(readFileSync(cc, 'utf8'))?.[1];
      if (version === undefined) throw new Error('undefined symbol: TF_Version');
      return { version, devices: ['CPU'] };
    },
  };
}
