import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLibrary, isFound } from '@kd/plugin-backend-tensorflow';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../node/test/temporary-folder.ts';
import { serveIndex } from '../../../plugins/backend-tensorflow/test/install/index-server.ts';
import { sha256 } from '../../../plugins/backend-tensorflow/test/install/make-wheel.ts';
import { tensorflowWheel, wheelName } from '../../../plugins/backend-tensorflow/test/install/small-wheels.ts';
import { events, startKd, type Ended, type Started } from './kd.ts';

const onLinux = describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64');
const canMount = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0;
const filename = wheelName('2.20.0');
const hashes = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, (_, i) => Buffer.from(sha256(String(i)), 'hex')));

function start(cache: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
  return startKd(['backend', ...args], { cwd: temporaryFolder(), env: { KD_CACHE: cache, KD_TENSORFLOW: '', PIP_CONFIG_FILE: '/dev/null', ...environment } });
}

const run = (cache: string, ...args: readonly string[]): Promise<Ended> => start(cache, args).ended;

/** What lies in the folder of libraries. */
const inside = (cache: string): readonly string[] => (existsSync(join(cache, 'tensorflow')) ? readdirSync(join(cache, 'tensorflow')) : []).sort();

async function killed({ child, ended }: Started): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

onLinux('kd backend install', () => {
  test('asks the index of PIP_INDEX_URL; a mistake in usage has exit code 2', async () => {
    const server = await serveIndex({ [filename]: tensorflowWheel('2.20.0') });
    const cache = temporaryFolder();
    const environment = { PIP_INDEX_URL: server.url };
    const { code, stderr } = await start(cache, ['install', 'tensorflow', '--version', '2.19.0'], environment).ended;
    expect({ code, pages: server.requests.map(({ path }) => path) }).toEqual({ code: 2, pages: ['/simple/tensorflow-cpu/'] });
    expect(stderr).toContain('KD_LIBRARY_VERSION  No tensorflow-cpu 2.19.0 for linux x64');
    const other = await run(cache, 'install', 'torch');
    expect({ code: other.code, stderr: other.stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Allowed choices are tensorflow') as string });
  });

  test('says what it does; killed while it downloads, it goes on where it was; what does not work is not installed', async () => {
    const server = await serveIndex({ [filename]: tensorflowWheel('2.20.0', { files: { 'tensorflow/NOTICE': hashes(20_000) } }) });
    server.faults.pieceMs = 150;
    const cache = temporaryFolder();
    const first = start(cache, ['install', 'tensorflow', '--index', server.url]);
    await first.said('  tensorflow-cpu 2.20.0  ');
    await killed(first);
    expect(inside(cache)).toContain('downloads');
    server.faults.pieceMs = 0;
    const { code, stdout, stderr } = await run(cache, 'install', 'tensorflow', '--index', server.url);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(server.ranges()[0]).toBeUndefined();
    expect(Number(/^bytes=(\d+)-$/.exec(server.ranges()[1] ?? '')?.[1])).toBeGreaterThan(100_000);
    expect(stderr).toContain(`${filename}, 1 MB, from ${server.url}\n`);
    expect(stderr).toMatch(/ {2}tensorflow-cpu 2\.20\.0 +100 %[^]*\ndownload +\d[^]*\nunpack +\d[^]*KD_LIBRARY_BROKEN {2}The library from tensorflow_cpu.*Nothing was installed/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(inside(cache)).toEqual(['downloads']);
  });

  test.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('%s while it unpacks: says what is left, and that is all that is left', async (signal, expected) => {
    const server = await serveIndex({ [filename]: tensorflowWheel('2.20.0', { files: { 'tensorflow/libtensorflow_framework.so.2': Buffer.alloc(128 << 20) } }) });
    const cache = temporaryFolder();
    const { child, ended, said } = start(cache, ['install', 'tensorflow', '--index', server.url]);
    await said('  tensorflow_cpu-2.20.0  ');
    child.kill(signal);
    const { code, stderr } = await ended;
    expect({ code, last: stderr.trim().split('\n').at(-1) }).toEqual({ code: expected, last: `${signal}: nothing was installed. What was fetched is kept: the same command goes on from there.` });
    expect(inside(cache)).toEqual(['.kd-lock', 'downloads']);
  });

  test('killed while it unpacks, it leaves nothing that is taken for a library, and the next command sweeps', async () => {
    // A thousandth of its size as a wheel.
    const server = await serveIndex({ [filename]: tensorflowWheel('2.20.0', { files: { 'tensorflow/libtensorflow_framework.so.2': Buffer.alloc(64 << 20) } }) });
    const cache = temporaryFolder();
    const first = start(cache, ['install', 'tensorflow', '--index', server.url, '--json']);
    await first.said('"stage":"unpack"');
    await killed(first);
    expect(events((await first.ended).stderr).map(({ event, stage }) => `${String(event)} ${String(stage)}`)).toEqual(expect.arrayContaining(['stage-start download', 'progress download', 'stage-end download', 'stage-start unpack']));
    expect(inside(cache).some((name) => name.endsWith('.tmp'))).toBe(true);
    expect(JSON.parse((await run(cache, 'list', '--json')).stdout)).toMatchObject({ libraries: [], auto: { name: 'wasm' } });
    expect((await run(cache, 'remove', 'tensorflow')).code).toBe(0);
    expect(inside(cache)).toEqual([]);
  });

  test.skipIf(!canMount)('on a full disk it says how much is needed, before and after the download', async () => {
    const wheel = tensorflowWheel('2.20.0', { files: { 'tensorflow/libtensorflow_framework.so.2': Buffer.alloc(40 << 20), 'tensorflow/NOTICE': hashes(60_000) } });
    const server = await serveIndex({ [filename]: wheel });
    const cache = temporaryFolder();
    for (const size of ['1m', '8m']) {
      const script = `mount -t tmpfs -o size=${size} none ${cache} && exec "$@"`;
      const { code, stderr } = await startKd(['backend', 'install', 'tensorflow', '--index', server.url], { cwd: cache, env: { KD_CACHE: cache }, under: ['unshare', '-m', 'sh', '-c', script, 'sh'] }).ended;
      expect(code, stderr).toBe(1);
      expect(stderr).toMatch(/KD_DISK {2}Could not write .*: \d+ MB are needed, \d+ MB are free\. Free some space, or set KD_CACHE/);
    }
  });
});

describe.skipIf(spawnSync('prlimit', ['--fsize=1000', 'true']).status !== 0)('a disk that refuses half way', () => {
  test('is told, and what came is kept', async () => {
    const wheel = tensorflowWheel('2.20.0', { files: { 'tensorflow/NOTICE': hashes(20_000) } });
    const server = await serveIndex({ [filename]: wheel });
    const cache = temporaryFolder();
    const { code, stderr } = await startKd(['backend', 'install', 'tensorflow', '--index', server.url], { cwd: cache, env: { KD_CACHE: cache }, under: ['prlimit', '--fsize=300000'] }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/KD_DISK {2}Could not write .*\.part: the file would exceed the size limit/) as string });
    expect(readdirSync(join(cache, 'tensorflow/downloads'))).toEqual([`${sha256(wheel)}.part`]);
    expect(statSync(join(cache, 'tensorflow/downloads', `${sha256(wheel)}.part`)).size).toBe(300_000);
  });
});

describe('kd backend list', () => {
  test('without a library: each backend, why not, and what auto takes', async () => {
    const { code, stdout } = await start(temporaryFolder(), ['list'], { KD_TENSORFLOW: '/none' }).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/wasm +yes, here/);
    expect(stdout).toMatch(/tensorflow +not here +(the variable KD_TENSORFLOW is \/none|TensorFlow has no library)/);
    expect(stdout).toMatch(/auto takes wasm, the fastest here \(tensorflow: /);
  });

  test('with a config, its plugins; a mistake in it is told', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'broken.json'), '{"alpha": 3}');
    const { code, stderr } = await run(folder, 'list', '--config', join(folder, 'broken.json'));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('KD_CONFIG_INVALID') as string });
  });
});

describe('with the library of this machine', async () => {
  const { KD_TENSORFLOW: _off, ...environment } = process.env;
  const found = await findLibrary({ library: process.env['KD_TEST_TENSORFLOW'], environment });

  test.skipIf(!isFound(found))('install, list, remove', async () => {
    // In memory, where there is a place for it: 780 MB take seconds to reach a disk.
    const cache = existsSync('/dev/shm') ? join('/dev/shm', `kd-test-${process.pid}`) : temporaryFolder();
    mkdirSync(cache, { recursive: true });
    try {
      const { folder } = found as { folder: string };
      const installed = await run(cache, 'install', 'tensorflow', '--from', folder, '--json');
      expect(installed.code, installed.stderr).toBe(0);
      const { version, entry } = JSON.parse(installed.stdout) as { version: string; entry: string };
      expect((await run(cache, 'install', 'tensorflow', '--version', version)).stdout).toContain(`TensorFlow ${version} is there already, in ${entry}`);
      const list = JSON.parse((await run(cache, 'list', '--json')).stdout) as { auto: { name: string }; libraries: { folder: string; taken: boolean }[] };
      expect(list.auto.name).toBe('tensorflow');
      expect(list.libraries[0]).toMatchObject({ folder: join(entry, 'tensorflow'), version, how: "kd's cache", taken: true });
      expect((await run(cache, 'remove', 'tensorflow', '--version', version)).stdout).toBe(`Removed ${entry}\n`);
      expect(inside(cache)).toEqual([]);
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
});
