import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRunFolder, runMarker } from '../../src/files/output-folder.ts';
import { ownIdentity } from '../../src/files/process-identity.ts';
import { lockFolder, lockName } from '../../src/files/run-lock.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function plantLock(folder: string, change: object): void {
  writeFileSync(join(folder, lockName), JSON.stringify({ ...ownIdentity(), nonce: 'x', ...change }));
}

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid!;
}

describe('lockFolder', () => {
  it('refuses a second holder, names the first, and is free after release', async () => {
    const folder = temporaryFolder();
    const lock = await lockFolder(folder);
    const error = await expectKdError('KD_RUN_LOCKED', () => lockFolder(folder));
    expect(error.details).toMatchObject({ pid: process.pid, host: hostname() });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    const second = await lockFolder(folder);
    await lock.release(); // the first holder's second release must not free the second holder's lock
    await expectKdError('KD_RUN_LOCKED', () => lockFolder(folder));
    await second.release();
  });

  it('says so when the folder is gone, and does not wait for it', async () => {
    await expectKdError('KD_DISK', () => lockFolder(join(temporaryFolder(), 'gone')));
  });

  it('takes over the lock of a dead process', async () => {
    const folder = temporaryFolder();
    plantLock(folder, { pid: await deadPid() });
    const lock = await lockFolder(folder);
    expect(JSON.parse(readFileSync(join(folder, lockName), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual([lockName]);
    await lock.release();
  });

  it('takes away the claims of processes that were killed as they took over', async () => {
    const folder = temporaryFolder();
    const dead = { pid: await deadPid() };
    const claims = ['.after-0123456789abcdef', '.after-0123456789abcdef.after-fedcba9876543210'];
    for (const lockIsThere of [true, false]) {
      if (lockIsThere) plantLock(folder, dead);
      for (const claim of claims) writeFileSync(join(folder, lockName + claim), JSON.stringify({ ...ownIdentity(), nonce: 'x', ...dead }));
      writeFileSync(join(folder, '.kd-lock-notes'), 'mine');
      const lock = await lockFolder(folder);
      expect(readdirSync(folder).sort()).toEqual([lockName, '.kd-lock-notes']);
      await lock.release();
    }
  });

  it.skipIf(process.platform !== 'linux')('takes over the lock of a killed process that nobody has collected', async () => {
    // Its parent became a program that does not wait for it.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = await once(parent.stdout, 'data') as [Buffer];
    const pid = Number(line.toString());
    const folder = temporaryFolder();
    plantLock(folder, { pid, started: '' });
    try {
      await expectKdError('KD_RUN_LOCKED', () => lockFolder(folder));
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /);
      await (await lockFolder(folder)).release();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it.skipIf(process.platform !== 'linux')('is not fooled by a pid in use again, nor by an earlier start of the machine', async () => {
    for (const change of [{ started: '1' }, { boot: 'another-boot' }]) {
      const folder = temporaryFolder();
      plantLock(folder, change);
      await (await lockFolder(folder)).release();
    }
  });

  it("refuses another machine's lock and an unreadable one, with advice", async () => {
    const folder = temporaryFolder();
    plantLock(folder, { host: 'elsewhere', pid: 7 });
    const error = await expectKdError('KD_RUN_LOCKED', () => lockFolder(folder));
    expect(error.message).toContain('process 7 on elsewhere');
    expect(error.message).toContain(`delete ${join(folder, lockName)}`);
    writeFileSync(join(folder, lockName), '{"pid":');
    await expectKdError('KD_RUN_LOCKED', () => lockFolder(folder));
  });

  it('goes on after a process died while taking over', async () => {
    const folder = temporaryFolder();
    plantLock(folder, { pid: await deadPid() });
    const { sha256 } = await import('../../src/files/hash.ts');
    const stale = readFileSync(join(folder, lockName), 'utf8');
    const claim = `${lockName}.after-${sha256(stale).slice(0, 16)}`;
    writeFileSync(join(folder, claim), JSON.stringify({ ...ownIdentity(), pid: await deadPid(), nonce: 'y' }));
    await lockFolder(folder);
    expect(readdirSync(folder)).toEqual([lockName]);
  });

  it.each(['a free folder', 'a stale lock'])('lets exactly one of twenty processes in: %s', async (start) => {
    const folder = temporaryFolder();
    const program = join(temporaryFolder(), 'lock.mjs');
    const { build } = await import('esbuild');
    const contents = `
      import { lockFolder } from '../../src/files/run-lock.ts';
      process.stdin.once('data', async () => {
        try { await lockFolder(process.argv[2]); console.log('in'); } catch (error) { console.log(error.code); }
        process.stdin.once('data', () => process.exit());
      });
      console.log('ready');`;
    await build({ stdin: { contents, resolveDir: import.meta.dirname }, outfile: program, bundle: true, platform: 'node', format: 'esm', conditions: ['@kd/source'] });
    if (start === 'a stale lock') plantLock(folder, { pid: await deadPid() });
    const children = Array.from({ length: 20 }, () => spawn(process.execPath, [program, folder], { stdio: ['pipe', 'pipe', 'inherit'] }));
    const next = children.map((child) => {
      const lines = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
      return async (): Promise<string> => String((await lines.next()).value).trim();
    });
    expect(new Set(await Promise.all(next.map((line) => line())))).toEqual(new Set(['ready']));
    for (const child of children) child.stdin.write('go\n');
    const answers = await Promise.all(next.map((line) => line()));
    for (const child of children) child.stdin.end('end\n');
    expect(answers.sort()).toEqual([...Array.from({ length: 19 }, () => 'KD_RUN_LOCKED'), 'in']);
  });
});

describe('openRunFolder', () => {
  it('makes, marks and recognises its folder', async () => {
    const folder = join(temporaryFolder(), 'runs', 'a');
    expect(await openRunFolder(folder)).toEqual({ folder, isNew: true });
    writeFileSync(join(folder, 'metrics.jsonl'), '');
    expect(await openRunFolder(folder)).toEqual({ folder, isNew: false });
  });

  it('takes an empty folder, and one where an earlier start died before the marker', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.kd-0123456789abcdef.tmp'), '');
    writeFileSync(join(folder, lockName), '');
    expect((await openRunFolder(folder)).isNew).toBe(true);
    expect(existsSync(join(folder, runMarker))).toBe(true);
  });

  it('refuses other files, a file, a link and a false marker, and touches nothing', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'photos'));
    writeFileSync(join(folder, 'photos', 'cat.png'), 'meow');
    const error = await expectKdError('KD_OUTPUT_NOT_OURS', () => openRunFolder(join(folder, 'photos')));
    expect(error.message).toContain("'cat.png'");
    await expectKdError('KD_OUTPUT_NOT_OURS', () => openRunFolder(join(folder, 'photos', 'cat.png')));
    mkdirSync(join(folder, 'empty'));
    symlinkSync(join(folder, 'empty'), join(folder, 'link'));
    await expectKdError('KD_OUTPUT_NOT_OURS', () => openRunFolder(join(folder, 'link')));
    mkdirSync(join(folder, 'empty', runMarker));
    await expectKdError('KD_OUTPUT_NOT_OURS', () => openRunFolder(join(folder, 'empty')));
    rmSync(join(folder, 'empty', runMarker), { recursive: true });
    expect(readdirSync(join(folder, 'photos'))).toEqual(['cat.png']);
    expect(readdirSync(join(folder, 'empty'))).toEqual([]);
  });
});
