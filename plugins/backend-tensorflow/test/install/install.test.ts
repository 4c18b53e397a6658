import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectKdError } from '../../../../packages/node/test/expect-kd-error.ts';
import { temporaryFolder } from '../../../../packages/node/test/temporary-folder.ts';
import { findLibrary, installLibrary, removeLibrary } from '../../src/index.ts';
import { serveIndex } from './index-server.ts';
import { makeWheel } from './make-wheel.ts';
import { contentOf, installing, tensorflowWheel, wheelName } from './small-wheels.ts';

const linuxOnly = test.skipIf(process.platform !== 'linux' || process.arch !== 'x64');

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

const several = Object.fromEntries([
  ...['2.17.0', '2.18.0', '2.20.0rc0', '2.20.0', '2.21.0'].map((version) => [wheelName(version), tensorflowWheel(version)] as const),
  [wheelName('2.20.0', 'tensorflow_cpu', 'cp313-cp313'), tensorflowWheel('2.20.0')],
  ['tensorflow_cpu-2.20.0-cp311-cp311-win_amd64.whl', Buffer.from('another system')],
  ['tensorflow_cpu-2.20.0.tar.gz', Buffer.from('no wheel')],
]);

linuxOnly('the newest version that kd is tested with, and of it what is needed', async () => {
  const [folder, server] = [temporaryFolder(), await serveIndex(several)];
  const { library, unchanged } = await installLibrary(await installing(folder, server.url));
  expect({ unchanged, version: library.version, cuda: library.cuda }).toEqual({ unchanged: false, version: '2.20.0', cuda: false });
  const kept = ['kd-library.json', 'tensorflow.libs/libomp.so.5', 'tensorflow/THIRD_PARTY_NOTICES.txt', 'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];
  expect(filesBelow(folder)).toEqual(kept.map((file) => `tensorflow/2.20.0/${file}`));
  expect(readFileSync(library.cc, 'utf8')).toBe(contentOf('2.20.0'));
  expect(await findLibrary({ environment: { KD_CACHE: folder } })).toMatchObject({ folder: library.folder, version: '2.20.0', how: "kd's cache" });

  server.requests.length = 0;
  expect(await installLibrary(await installing(folder, server.url))).toMatchObject({ unchanged: true, library: { version: '2.20.0' } });
  expect(server.requests).toEqual([]); // it is the newest that would be taken

  // What has lost bytes since is put back.
  writeFileSync(library.cc, '');
  expect(await installLibrary(await installing(folder, server.url))).toMatchObject({ unchanged: false });
  expect(readFileSync(library.cc, 'utf8')).toBe(contentOf('2.20.0'));
});

linuxOnly('a wheel whose library is of another version than its name says is refused', async () => {
  const folder = temporaryFolder();
  const wheel = join(temporaryFolder(), wheelName('2.19.0'));
  writeFileSync(wheel, tensorflowWheel('2.20.0'));
  const { message } = await expectKdError('KD_FILE_INVALID', async () => installLibrary({ ...(await installing(folder, 'unused')), from: wheel }));
  expect(message).toContain('is no valid wheel of TensorFlow 2.19.0: the library in it says that it is 2.20.0');
  expect(filesBelow(folder)).toEqual([]);
});

linuxOnly('a folder of wheels without one that fits', async () => {
  const from = temporaryFolder();
  writeFileSync(join(from, wheelName('2.17.0')), tensorflowWheel('2.17.0'));
  const { message } = await expectKdError('KD_LIBRARY_VERSION', async () => installLibrary({ ...(await installing(temporaryFolder(), 'unused')), from }));
  expect(message).toContain('or name another folder, or a wheel, with --from.');
});

linuxOnly('another version when asked for; the newest of all is found; each can be removed', async () => {
  const [folder, server] = [temporaryFolder(), await serveIndex(several)];
  for (const version of ['2.21.0', '2.18.0', '2.20.0rc0']) expect((await installLibrary({ ...(await installing(folder, server.url)), version })).library.version).toBe(version);
  const environment = { KD_CACHE: folder };
  expect(await findLibrary({ environment })).toMatchObject({ version: '2.21.0' });
  expect((await removeLibrary({ environment, version: '2.21.0' })).map(({ version }) => version)).toEqual(['2.21.0']);
  expect(await findLibrary({ environment })).toMatchObject({ version: '2.20.0rc0' });
  const error = await expectKdError('KD_LIBRARY_MISSING', () => removeLibrary({ environment, version: '2.21.0' }));
  expect(error.message).toContain('(it has 2.20.0rc0, 2.18.0)');
  expect(await removeLibrary({ environment })).toHaveLength(2);
  expect(filesBelow(folder)).toEqual([]);
});

linuxOnly('versions that are not there, too old, or withdrawn', async () => {
  const [folder, server] = [temporaryFolder(), await serveIndex(several, { [wheelName('2.20.0')]: { yanked: 'broken' }, [wheelName('2.20.0', 'tensorflow_cpu', 'cp313-cp313')]: { yanked: true } })];
  const options = await installing(folder, server.url);
  const { message } = await expectKdError('KD_LIBRARY_VERSION', () => installLibrary({ ...options, version: '2.19.0' }));
  expect(message).toContain('No tensorflow-cpu 2.19.0 for linux x64 at http://127.0.0.1');
  expect(message).toContain('which has 2.21.0, 2.20.0, 2.18.0, 2.17.0.');
  await expectKdError('KD_USAGE', async () => installLibrary({ ...(await installing(folder, server.url)), version: '2.17.0' }));
  await expectKdError('KD_USAGE', async () => installLibrary({ ...(await installing(folder, server.url)), version: 'latest' }));
  expect((await installLibrary(await installing(folder, server.url))).library.version).toBe('2.18.0');
});

describe('systems', () => {
  test.each([
    ['win32', 'x64', false, 'wsl --install'], ['darwin', 'x64', false, "backend 'wasm'"], ['linux', 'ia32', false, 'Use Linux on x64'], ['linux', 'arm64', true, 'without --cuda'],
  ])('%s %s, cuda %s: says what to do', async (os, arch, cuda, next) => {
    const folder = temporaryFolder();
    const { message } = await expectKdError('KD_LIBRARY_PLATFORM', () => installLibrary({ environment: { KD_CACHE: folder }, platform: { os, arch }, cuda }));
    expect(message).toContain(`${os} ${arch}`);
    expect(message).toContain(next);
    expect(readdirSync(folder)).toEqual([]);
  });
});

linuxOnly('with CUDA: NVIDIA’s wheels in the versions that are asked for, where the library looks for them', async () => {
  const metadata = [
    'Requires-Dist: numpy>=1.26', "Requires-Dist: nvidia-cublas-cu12 (==12.5.3.2) ; extra == 'and-cuda'",
    'Requires-Dist: nvidia-cuda-nvcc-cu12<13.0,>=12.5.82; extra == "and-cuda"', 'Requires-Dist: other==1.0; extra == "gcs"',
  ].join('\n');
  const nvidia = (project: string, version: string, files: Record<string, string>): [string, Buffer] => [`${project}-${version}-py3-none-manylinux2014_x86_64.whl`, makeWheel(`${project}-${version}`, files, { programs: ['nvidia/cuda_nvcc/bin/ptxas'] })];
  const server = await serveIndex(Object.fromEntries([
    [wheelName('2.20.0', 'tensorflow'), tensorflowWheel('2.20.0', { project: 'tensorflow', metadata })] as [string, Buffer],
    ...['12.4.0', '12.5.3.2', '12.9.0'].map((version) => nvidia('nvidia_cublas_cu12', version, { 'nvidia/cublas/lib/libcublas.so.12': version, 'nvidia/cublas/include/cublas.h': 'header', [`nvidia_cublas_cu12-${version}.dist-info/License.txt`]: 'terms' })),
    ...['12.5.0', '12.6.1', '12.10.2', '13.0.0'].map((version) => nvidia('nvidia_cuda_nvcc_cu12', version, { 'nvidia/cuda_nvcc/bin/ptxas': version, 'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc': 'bits' })),
  ]));
  const folder = temporaryFolder();
  const warnings: string[] = [];
  const { library } = await installLibrary({ ...(await installing(folder, server.url)), cuda: true, reporter: { warn: (message) => warnings.push(message) } });
  const read = (name: string): string => readFileSync(join(library.entry, name), 'utf8');
  expect(library).toMatchObject({ version: '2.20.0', cuda: true, entry: join(folder, 'tensorflow/2.20.0-cuda') });
  // $ORIGIN/../nvidia/cublas/lib, seen from the folder `tensorflow`.
  expect([read('nvidia/cublas/lib/libcublas.so.12'), read('nvidia/cuda_nvcc/bin/ptxas'), read('nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc')]).toEqual(['12.5.3.2', '12.10.2', 'bits']);
  expect(statSync(join(library.entry, 'nvidia/cuda_nvcc/bin/ptxas')).mode & 0o111).not.toBe(0);
  expect(filesBelow(join(library.entry, 'nvidia'))).toHaveLength(3);
  expect(read('nvidia_cublas_cu12-12.5.3.2.dist-info/License.txt')).toBe('terms');
  expect(warnings).toEqual([expect.stringContaining('sees no GPU')]);
});

describe('without an index', () => {
  linuxOnly('from a wheel, from a folder of wheels, from a folder with the libraries', async () => {
    const [folder, wheels] = [temporaryFolder(), temporaryFolder()];
    for (const version of ['2.18.0', '2.20.0']) writeFileSync(join(wheels, wheelName(version)), tensorflowWheel(version));
    const from = async (place: string, cache: string): Promise<string> => (await installLibrary({ ...(await installing(join(folder, cache), 'http://127.0.0.1:1/none')), from: place })).library.entry;
    expect(await from(join(wheels, wheelName('2.18.0')), 'a')).toBe(join(folder, 'a/tensorflow/2.18.0'));
    expect(await from(wheels, 'b')).toBe(join(folder, 'b/tensorflow/2.20.0'));
    const copied = await from(join(folder, 'b/tensorflow/2.20.0'), 'c');
    expect(filesBelow(copied)).toEqual(['kd-library.json', 'tensorflow.libs/libomp.so.5', 'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2']);
  });

  linuxOnly('what is no wheel of TensorFlow for this system is refused', async () => {
    const folder = temporaryFolder();
    const whole = tensorflowWheel('2.20.0');
    const wheelAt = (name: string, content: Buffer): string => {
      mkdirSync(join(folder, name.slice(0, 2)), { recursive: true });
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const refused = async (from: string, extra: { version?: string; cuda?: boolean } = {}): Promise<string> =>
      (await expectKdError('KD_FILE_INVALID', async () => installLibrary({ ...(await installing(join(folder, 'cache'), 'http://127.0.0.1:1/none')), from, ...extra }))).message;
    expect(await refused(wheelAt(wheelName('2.20.0'), whole.subarray(0, whole.length / 2)))).toMatch(/is no valid wheel: .*truncated\. Check/);
    expect(await refused(wheelAt(wheelName('2.20.1'), tensorflowWheel('2.20.1', { wronglyListed: ['tensorflow/libtensorflow_cc.so.2'] })))).toContain('the sha256 of tensorflow/libtensorflow_cc.so.2 is');
    const flipped = Buffer.from(whole);
    flipped[whole.indexOf('tensorflow/libtensorflow_cc.so.2') + 40]! ^= 1;
    expect(await refused(wheelAt(wheelName('2.20.2'), flipped))).toContain('tensorflow/libtensorflow_cc.so.2');
    expect(await refused(wheelAt(wheelName('2.20.3'), makeWheel('tensorflow_cpu-2.20.3', { 'tensorflow/ops.py': '' })))).toContain('it holds no libtensorflow_cc.so.2');
    expect(await refused(wheelAt(wheelName('2.20.4', 'tensorflow'), tensorflowWheel('2.20.4', { project: 'tensorflow', metadata: 'Requires-Dist: nvidia-x-cu12~=1.0; extra == "and-cuda"' })), { cuda: true })).toContain("cannot read '~=1.0'");
    expect(await refused(wheelAt('tensorflow_cpu-2.20.0-cp311-cp311-win_amd64.whl', whole))).toContain('it is made for win_amd64');
    expect(await refused(wheelAt('tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_999_x86_64.whl', whole))).toContain('with glibc');
    expect(await refused(wheelAt(wheelName('2.20.0', 'torch'), whole))).toContain('its name is not that of one');
    expect(await refused(wheelAt(wheelName('2.15.0'), whole))).toContain('kd needs 2.18.0 or later');
    expect(await refused(wheelAt(wheelName('2.20.0'), whole), { version: '2.18.0' })).toContain('--version asks for 2.18.0');
    expect(filesBelow(join(folder, 'cache'))).toEqual([]);
    await expectKdError('KD_USAGE', async () => installLibrary({ ...(await installing(folder, '')), from: join(folder, 'absent.whl') }));
    await expectKdError('KD_USAGE', async () => installLibrary({ ...(await installing(folder, '')), from: temporaryFolder() }));
  });
});
