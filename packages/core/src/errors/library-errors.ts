import { failure, mistake, type ErrorRow } from './row.ts';
import { listOf } from './wording.ts';

export const libraryErrors: {
  readonly KD_LIBRARY_PLATFORM: ErrorRow<{ library: string; platform: string; next: string }>;
  readonly KD_LIBRARY_VERSION: ErrorRow<{ library: string; platform: string; from: string; known: readonly string[]; next: string }>;
  readonly KD_LIBRARY_BROKEN: ErrorRow<{ folder: string; problem: string; next: string }>;
  readonly KD_LIBRARY_MISSING: ErrorRow<{ library: string; folder: string; known: readonly string[] }>;
  readonly KD_INDEX_INVALID: ErrorRow<{ url: string; problem: string }>;
  readonly KD_DOWNLOAD: ErrorRow<{ url: string; problem: string; next: string }>;
} = {
  KD_LIBRARY_PLATFORM: mistake(
    ({ library, platform, next }) => `${library} has no library that kd can use on ${platform}. ${next}`,
    { library: 'TensorFlow', platform: 'win32 x64', next: 'Install Linux inside Windows with `wsl --install`, then run the same command there.' },
  ),
  KD_LIBRARY_VERSION: mistake(
    ({ library, platform, from, known, next }) => `No ${library} for ${platform} at ${from}, which has ${listOf(known)}. ${next}`,
    { library: 'tensorflow-cpu 2.99.0', platform: 'linux x64', from: 'https://packages.example/simple', known: ['2.20.0', '2.19.1'], next: 'Choose a version that is there.' },
  ),
  KD_LIBRARY_BROKEN: failure(
    ({ folder, problem, next }) => `The library from ${folder} does not work here: ${problem}. Nothing was installed. ${next}`,
    { folder: 'tensorflow_cpu-2.20.0.whl', problem: 'libstdc++.so.6: cannot open shared object file', next: 'Install what is missing, or choose another --version.' },
  ),
  KD_LIBRARY_MISSING: mistake(
    ({ library, folder, known }) => `There is no ${library} in ${folder} (it has ${listOf(known)}). Name one that is there; \`npx kd backend list\` shows them.`,
    { library: 'tensorflow 2.19.0', folder: '/home/you/.cache/kd/tensorflow', known: ['2.20.0'] },
  ),
  KD_INDEX_INVALID: mistake(
    ({ url, problem }) => `${url} does not answer as a package index does: ${problem}. Name another with --index (kd reads the JSON form of Python's simple API), or download the wheel by other means and install it with --from.`,
    { url: 'https://example.org/simple/tensorflow-cpu/', problem: 'it answered with text/html, expected application/vnd.pypi.simple.v1+json' },
  ),
  KD_DOWNLOAD: failure(
    ({ url, problem, next }) => `Could not fetch ${url}: ${problem}. ${next}`,
    { url: 'https://packages.example/simple/tensorflow-cpu/', problem: 'no connection (ECONNREFUSED)', next: 'Check the network, then run the same command again.' },
  ),
};
