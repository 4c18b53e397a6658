import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { durableWrite } from '../../src/files/durable-write.ts';
import { sweepTemporaryFiles } from '../../src/files/sweep-temporary-files.ts';
import { makeFolder } from '../../src/files/make-folder.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('durableWrite', () => {
  it('writes text, bytes and pieces, and returns their size and hash', async () => {
    const folder = temporaryFolder();
    const pieces = [new Uint8Array([1, 2]), new Uint8Array(300_000).fill(7), new Uint8Array([3])];
    const whole = Buffer.concat(pieces);
    const path = join(folder, 'a.bin');
    expect(await durableWrite(path, pieces)).toEqual({ bytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex') });
    expect(readFileSync(path).equals(whole)).toBe(true);
    expect((await durableWrite(path, 'grün')).bytes).toBe(5);
    expect(readFileSync(path, 'utf8')).toBe('grün');
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });

  it('leaves the old content and no temporary file when the content fails midway', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.txt');
    await durableWrite(path, 'old');
    const failing = (function* (): Generator<Uint8Array> {
      yield new Uint8Array(10);
      throw new Error('no more');
    })();
    await expect(durableWrite(path, failing)).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('refuses a folder, a symbolic link and a pipe in its place', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'target'), 'precious');
    symlinkSync(join(folder, 'target'), join(folder, 'link'));
    mkdirSync(join(folder, 'folder'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['link', 'folder', 'pipe']) await expectKdError('KD_DISK', () => durableWrite(join(folder, name), 'x'));
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('precious');
    expect(readdirSync(folder).sort()).toEqual(['folder', 'link', 'pipe', 'target']);
  });

  it('says that the folder is missing', async () => {
    const error = await expectKdError('KD_DISK', () => durableWrite(join(temporaryFolder(), 'gone', 'a'), 'x'));
    expect(error.message).toContain('its folder does not exist');
  });

  it('says that a name is too long', async () => {
    const error = await expectKdError('KD_DISK', () => durableWrite(join(temporaryFolder(), 'x'.repeat(300)), 'x'));
    expect(error.message).toContain('too long');
  });
});

describe('makeFolder', () => {
  it('makes the folders above, and says whether anything was new', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    expect(await makeFolder(folder)).toBe(true);
    expect(await makeFolder(folder)).toBe(false);
  });

  it('explains that a file stands in the way', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), '');
    await expectKdError('KD_DISK', () => makeFolder(join(folder, 'a', 'b')));
    expect((await expectKdError('KD_DISK', () => makeFolder(join(folder, 'a')))).message).toContain('a file of this name is there');
  });

  it.skipIf(!existsSync('/proc/self'))('ends where the system makes no folders', async () => {
    await expectKdError('KD_DISK', () => makeFolder('/proc/kd-nowhere/a/b'));
  });

  it('makes a folder once, however many ask for it', async () => {
    const folder = join(temporaryFolder(), 'a', 'b', 'c');
    const made = await Promise.all(Array.from({ length: 8 }, () => makeFolder(folder)));
    expect(made.filter(Boolean)).toHaveLength(1);
  });
});

// The random part of the temporary name is fixed, so that strace can be told which file is meant.
const writer = `
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { durableWrite } from '../../src/files/durable-write.ts';
crypto.randomBytes = (size) => Buffer.alloc(size);
syncBuiltinESMExports();
try {
  await durableWrite(process.argv[2], 'new content');
} catch (error) {
  console.log(error.code + ' ' + error.message);
  process.exit(9);
}`;

/** The writer above, bundled so that every supported Node can run it. */
async function bundledWriter(folder: string): Promise<string> {
  const { build } = await import('esbuild');
  const outfile = join(folder, 'writer.mjs');
  await build({ stdin: { contents: writer, resolveDir: import.meta.dirname }, outfile, bundle: true, platform: 'node', format: 'esm', conditions: ['@kd/source']  });
  return outfile;
}

const strace = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;

describe.skipIf(!strace)('durableWrite under faults of the system (needs strace)', () => {
  // fsync, openat and close come twice: for the file, and for its folder.
  const calls = ['openat 1', 'pwrite64 1', 'fsync 1', 'close 1', 'rename 1', 'openat 2', 'fsync 2', 'close 2'];
  const cases = calls.flatMap((call) => ['error=ENOSPC', 'error=EIO', 'signal=SIGKILL'].map((fault) => [...call.split(' '), fault] as [string, string, string]));
  it('keeps the old content or shows the new one, whole', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    const program = await bundledWriter(folder);
    const out = join(folder, 'out');
    mkdirSync(out);
    const path = join(out, 'file');
    let faults = 0;
    for (const [call, nth, fault] of cases) {
      writeFileSync(path, 'old content');
      const run = spawnSync('strace', ['-f', '-qq', '-o', join(folder, 'trace'), '-P', out, '-P', path, '-P', join(out, '.kd-0000000000000000.tmp'), '-e', `trace=${call}`, '-e', `inject=${call}:${fault}:when=${nth}`, process.execPath, program, path], { encoding: 'utf8', env: { ...process.env, UV_THREADPOOL_SIZE: '1' } });
      const content = readFileSync(path, 'utf8');
      expect(['old content', 'new content'], `${call} ${nth} ${fault}`).toContain(content);
      if (run.status === 9) {
        faults++;
        expect(run.stdout).toMatch(/^KD_DISK Could not write/);
        expect(readdirSync(out)).toEqual(['file']);
      } else {
        expect(run.signal ?? run.status, `${call} ${nth} ${fault}: ${run.stderr}`).toSatisfy((end) => end === 'SIGKILL' || end === 137);
        faults++;
        for (const name of await sweepTemporaryFiles(out)) expect(name).toBe('.kd-0000000000000000.tmp');
        expect(readdirSync(out)).toEqual(['file']);
      }
    }
    expect(faults).toBe(cases.length);
  });

  it('syncs the file before it renames it, and the folder after', async () => {
    const folder = temporaryFolder();
    const program = await bundledWriter(folder);
    const [out, trace] = [join(folder, 'out'), join(folder, 'trace')];
    mkdirSync(out);
    const temporary = join(out, '.kd-0000000000000000.tmp');
    spawnSync('strace', ['-f', '-qq', '-y', '-o', trace, '-P', out, '-P', temporary, '-e', 'trace=pwrite64,fsync,rename', process.execPath, program, join(out, 'file')], { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } });
    const calls = readFileSync(trace, 'utf8').trim().split('\n').map((line) => `${/[a-z0-9]+(?=\()/.exec(line)![0]} ${line.includes('.tmp') ? 'file' : 'folder'}`);
    expect(calls).toEqual(['pwrite64 file', 'fsync file', 'rename file', 'fsync folder']);
  });

  it('believes the size of the file, not the answer to the write', async () => {
    const folder = temporaryFolder();
    const program = await bundledWriter(folder);
    const out = join(folder, 'out');
    mkdirSync(out);
    const run = spawnSync('strace', ['-f', '-qq', '-o', join(folder, 'trace'), '-P', join(out, '.kd-0000000000000000.tmp'), '-e', 'trace=pwrite64', '-e', 'inject=pwrite64:retval=11:when=1', process.execPath, program, join(out, 'file')], { encoding: 'utf8', env: { ...process.env, UV_THREADPOOL_SIZE: '1' } });
    expect(run.stdout).toContain('the disk kept 0 of 11 bytes');
    expect(readdirSync(out)).toEqual([]);
  });
});
