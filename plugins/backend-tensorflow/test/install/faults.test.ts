import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { expectKdError } from '../../../../packages/node/test/expect-kd-error.ts';
import { temporaryFolder } from '../../../../packages/node/test/temporary-folder.ts';
import { httpClient, installLibrary, isFound, findLibrary, removeLibrary } from '../../src/index.ts';
import { serveIndex, type Faults, type IndexServer } from './index-server.ts';
import { makeWheel, sha256 } from './make-wheel.ts';
import { contentOf, installing, tensorflowWheel, wheelName } from './small-wheels.ts';

const suite = describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64');
// Hashes do not shrink: a wheel of some 200 kB, which comes in several pieces.
const large = tensorflowWheel('2.20.0', { files: { 'tensorflow/NOTICE': Buffer.concat(Array.from({ length: 6_000 }, (_, i) => Buffer.from(sha256(String(i)), 'hex'))) } });
const wheels = { [wheelName('2.20.0')]: large };

async function serverWith(faults: Faults): Promise<IndexServer> {
  const server = await serveIndex(wheels);
  Object.assign(server.faults, faults);
  return server;
}

const install = async (folder: string, { url }: { readonly url: string }): Promise<string> => (await installLibrary(await installing(folder, url))).library.version;
const partIn = (folder: string): string => join(folder, 'tensorflow/downloads', `${sha256(large)}.part`);
const left = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'tensorflow').sort();

suite('a connection that breaks', () => {
  test('is taken up where it broke', async () => {
    const folder = temporaryFolder();
    const server = await serverWith({ cutAfter: 50_000, cuts: 3, keptIn: partIn(folder) });
    expect(await install(folder, server)).toBe('2.20.0');
    expect(server.ranges()).toEqual([undefined, 'bytes=50000-', 'bytes=100000-', 'bytes=150000-']);
  });

  test('starts again where the server sends whole files only', async () => {
    const folder = temporaryFolder();
    const server = await serverWith({ cutAfter: 50_000, cuts: 1, noRanges: true, keptIn: partIn(folder) });
    expect(await install(folder, server)).toBe('2.20.0');
    expect(server.ranges()).toEqual([undefined, 'bytes=50000-']);
  });

  test('and stays broken is an error; what came is used by the next command', async () => {
    const [folder, server] = [temporaryFolder(), await serverWith({ cutAfter: 0 })];
    const { message } = await expectKdError('KD_DOWNLOAD', () => install(folder, server));
    expect(message).toMatch(/^Could not fetch http:\/\/127.*\.whl: /);
    expect(server.ranges()).toHaveLength(3);
    Object.assign(server.faults, { cutAfter: 90_000, cuts: 1, keptIn: partIn(folder) });
    const { http, ...options } = await installing(folder, server.url);
    await http!.close();
    await expectKdError('KD_DOWNLOAD', async () => installLibrary({ ...options, http: await httpClient(2_000, []) }));
    expect(await install(folder, server)).toBe('2.20.0');
    expect(server.ranges().at(-1)).toBe('bytes=90000-');
  });

  test('a part of an earlier command is gone on with, and a part that is too long is not', async () => {
    const server = await serverWith({});
    for (const [bytes, ranges] of [[large.subarray(0, 70_000), ['bytes=70000-']], [Buffer.concat([large, Buffer.from('x')]), [`bytes=${large.length + 1}-`, undefined]]] as const) {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'tensorflow/downloads'), { recursive: true });
      writeFileSync(partIn(folder), bytes);
      server.requests.length = 0;
      expect(await install(folder, server)).toBe('2.20.0');
      expect(server.ranges()).toEqual(ranges);
      expect(left(join(folder, 'tensorflow'))).not.toContain('downloads');
    }
  });

  test('silence is not waited for without end', async () => {
    const [folder, server] = [temporaryFolder(), await serverWith({ pieceMs: 4_000 })];
    const { http, ...options } = await installing(folder, server.url);
    await http!.close();
    const { message } = await expectKdError('KD_DOWNLOAD', async () => installLibrary({ ...options, http: await httpClient(300, []) }));
    expect(message).toContain('the server fell silent');
  });
});

suite('an index that is none', () => {
  test.each<[string, Faults, string]>([
    ['a page of HTML', { page: { type: 'text/html; charset=utf-8', body: '<html>' } }, 'it answered with text/html, expected application/vnd.pypi.simple.v1+json'],
    ['404', { page: { status: 404 } }, 'it answered with 404'],
    ['broken JSON', { page: { body: '{"files": [' } }, 'its answer is not valid JSON'],
    ['other JSON', { page: { body: '{"files": [{"name": 1}]}' } }, 'its answer is not as the simple API has it (files.0.filename'],
    ['no sha256', { page: { body: JSON.stringify({ files: [{ filename: wheelName('2.20.0'), url: 'x.whl', hashes: { md5: '1' } }] }) } }, `it tells no sha256 of ${wheelName('2.20.0')}`],
    ['an address that is none', { page: { body: JSON.stringify({ files: [{ filename: wheelName('2.20.0'), url: 'http://', hashes: {} }] }) } }, `its address of ${wheelName('2.20.0')} is none: http://`],
    ['a file of this machine', { page: { body: JSON.stringify({ files: [{ filename: wheelName('2.20.0'), url: 'file:///etc/passwd', hashes: {} }] }) } }, `its address of ${wheelName('2.20.0')} is none: file:///etc/passwd`],
    ['a wheel that is not there', { fileStatus: 404 }, 'it answered with 404, expected the wheel'],
  ])('%s', async (_, faults, problem) => {
    const [folder, server] = [temporaryFolder(), await serverWith(faults)];
    const { message } = await expectKdError('KD_INDEX_INVALID', () => install(folder, server));
    expect(message).toContain(`does not answer as a package index does: ${problem}`);
    expect(left(folder).filter((name) => !name.endsWith('downloads'))).toEqual([]);
  });

  test('no connection, and a server in trouble', async () => {
    const folder = temporaryFolder();
    const server = await serverWith({ page: { status: 503 } });
    expect((await expectKdError('KD_DOWNLOAD', () => install(folder, server))).message).toContain('the server answered with 503');
    expect((await expectKdError('KD_DOWNLOAD', () => install(folder, { url: 'http://127.0.0.1:1/simple' }))).message).toMatch(/no connection .*Check the network/);
    for (const url of ['file:///simple', 'nonsense', 'http://', 'http://me:p@ss@exa mple/simple', 'http://me:%ZZp@ss@127.0.0.1/simple']) {
      const { message } = await expectKdError('KD_INDEX_INVALID', () => install(folder, { url }));
      expect(message).toContain('it is no http or https address');
      expect(message).not.toMatch(/me:|p@ss/);
    }
  });

  test.each(['nonsense', 'proxy.example:3128', 'http://me:%ZZp@ss@proxy.example:3128'])('a proxy that is none: %s', async (proxy) => {
    vi.stubEnv('https_proxy', proxy);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { message } = await expectKdError('KD_USAGE', () => httpClient());
    expect(message).toMatch(/^the variable https_proxy is .*, which is no address of a proxy\. Write/);
    expect(message).not.toMatch(/me:|p@ss/);
  });

  test('a name and a password go to the index alone, and are not shown', async () => {
    const [folder, server] = [temporaryFolder(), await serverWith({ fileStatus: 403 })];
    const { message } = await expectKdError('KD_INDEX_INVALID', () => install(folder, { url: server.url.replace('//', '//me:p%40ss@') }));
    expect(message).not.toMatch(/me:|p%40ss|p@ss/);
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([0, 0].map(() => `Basic ${Buffer.from('me:p@ss').toString('base64')}`));
  });
});

suite('nothing is half installed', () => {
  test('when the sha256 is another', async () => {
    const [folder, server] = [temporaryFolder(), await serverWith({ replace: Buffer.alloc(large.length) })];
    const { message } = await expectKdError('KD_FILE_DAMAGED', () => install(folder, server));
    expect(message).toContain(`the index says ${sha256(large)}`);
    expect(left(folder)).toEqual(['tensorflow/downloads']);
  });

  test('when the library does not work', async () => {
    const broken = makeWheel('tensorflow_cpu-2.20.0', { 'tensorflow/libtensorflow_cc.so.2': 'another thing', 'tensorflow/libtensorflow_framework.so.2': '' });
    const [folder, server] = [temporaryFolder(), await serveIndex({ [wheelName('2.20.0')]: broken })];
    const { message } = await expectKdError('KD_LIBRARY_BROKEN', () => install(folder, server));
    expect(message).toContain('undefined symbol: TF_Version. Nothing was installed.');
    expect(isFound(await findLibrary({ environment: { KD_CACHE: folder } }))).toBe(false);
    expect(left(join(folder, 'tensorflow')).filter((name) => !name.startsWith('downloads'))).toEqual([]);
  });

  test('when two processes install at once: one does, the other says so', async () => {
    const [folder, server] = [temporaryFolder(), await serverWith({ pieceMs: 50 })];
    const both = await Promise.allSettled([install(folder, server), install(folder, server)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((both.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'KD_RUN_LOCKED' });
  });

  test('and what killed processes left is swept away, by the next install and by remove', async () => {
    const [folder, server] = [temporaryFolder(), await serverWith({})];
    const litter = (): void => {
      for (const name of ['.kd-0123456789abcdef.tmp/tensorflow', 'mine']) mkdirSync(join(folder, 'tensorflow', name), { recursive: true });
      writeFileSync(join(folder, 'tensorflow/.kd-fedcba9876543210.tmp'), 'half a lock');
    };
    litter();
    // An entry without its last file is none: it is replaced.
    mkdirSync(join(folder, 'tensorflow/2.20.0/tensorflow'), { recursive: true });
    writeFileSync(join(folder, 'tensorflow/2.20.0/tensorflow/libtensorflow_cc.so.2'), contentOf('2.20.0').slice(1));
    expect(await install(folder, server)).toBe('2.20.0');
    expect(readdirSync(join(folder, 'tensorflow')).sort()).toEqual(['2.20.0', 'mine']);
    litter();
    await removeLibrary({ environment: { KD_CACHE: folder } });
    expect(readdirSync(join(folder, 'tensorflow'))).toEqual(['mine']);
  });
});
