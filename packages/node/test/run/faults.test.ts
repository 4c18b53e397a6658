import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KdConfig } from '@kd/core';
import { describe, expect, it } from 'vitest';
import { isTemporaryName } from '../../src/files/temporary-name.ts';
import { beforeRuns } from './before-runs.ts';
import { filesOf } from './run-files.ts';
import { failWith, finish, run } from './runs.ts';
import { idxBytes } from './small-data.ts';

const { base, folderOf, copy, expectSameEnd } = beforeRuns();
const canMount = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0;
const canLimit = spawnSync('prlimit', ['--fsize=1000', 'true']).status === 0;

const temporaryFiles = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => isTemporaryName(path.split('/').at(-1)!));

/** Data of one's own for a fault: `<name>.idx` and its labels, as a change of the config. */
function dataOf(name: string): Partial<KdConfig> {
  return { data: { train: ['idx', { images: `${name}.idx`, labels: `${name}-labels.idx`, space: 'kind' }], labelled: 6 } };
}

function writeIdx(name: string, points: Uint8Array, labels: Uint8Array): void {
  writeFileSync(join(base, `${name}.idx`), idxBytes([points.length / 8, 8], points));
  writeFileSync(join(base, `${name}-labels.idx`), idxBytes([labels.length], labels));
}

function jsonl(name: string, lines: readonly string[]): Partial<KdConfig> {
  writeFileSync(join(base, `${name}.jsonl`), lines.join('\n'));
  return { data: { train: ['jsonl', { file: `${name}.jsonl` }] } };
}

const line = (id: string, kind = '1', image = '0,0,0,0,0,0,0,1'): string => `{"id": "${id}", "inputs": {"image": [${image}]}, "labels": {"kind": "${kind}"}}`;

interface Fault {
  readonly what: string;
  readonly code: string;
  readonly says: string;
  readonly changes?: () => Partial<KdConfig>;
  readonly variant?: string;
}

const faults: readonly Fault[] = [
  { what: 'a missing data file', code: 'KD_FILE_MISSING', says: 'nowhere.idx', changes: () => dataOf('nowhere') },
  { what: 'a truncated data file', code: 'KD_FILE_TRUNCATED', says: 'short.idx', changes: () => {
    writeIdx('short', new Uint8Array(800), new Uint8Array(100));
    truncateSync(join(base, 'short.idx'), 500);
    return dataOf('short');
  } },
  { what: 'a label outside its space', code: 'KD_DATA_LABEL_RANGE', says: 'row 7: label 6', changes: () => {
    writeIdx('range', new Uint8Array(80), Uint8Array.from({ length: 10 }, (_, row) => (row === 7 ? 6 : 0)));
    return dataOf('range');
  } },
  { what: 'NaN in the data', code: 'KD_DATA_NOT_FINITE', says: "input 'image'", changes: () => jsonl('nan', [line('a'), line('b', '2', '0,0,0,0,0,0,0,1e999')]) },
  { what: 'two samples with one id', code: 'KD_DATA_DUPLICATE_ID', says: "the id 'a'", changes: () => jsonl('twice', [line('a'), line('b'), line('a', '3')]) },
  { what: 'a class that nobody knows', code: 'KD_LABEL_UNKNOWN', says: "'x'", changes: () => jsonl('unknown', [line('a'), line('b', 'x')]) },
  { what: 'an empty transfer set', code: 'KD_DATA_EMPTY', says: 'holds no samples', changes: () => jsonl('empty', []) },
  { what: 'a teacher that answers NaN', code: 'KD_TEACHER_NOT_FINITE', says: '(row 0 of data.train)', variant: 'teacher is NaN' },
  { what: 'a teacher that answers NaN for one sample', code: 'KD_TEACHER_NOT_FINITE', says: '(row 300 of data.train)', variant: 'teacher is NaN for one sample' },
  { what: 'a teacher of another shape', code: 'KD_TEACHER_SHAPE', says: 'shape [8, 4]', variant: 'teacher of another shape' },
  { what: 'a teacher that throws', code: 'KD_TEACHER_FAILED', says: 'the model server is gone', variant: 'teacher throws' },
  { what: 'a loss that grows beyond all numbers', code: 'KD_LOSS_NOT_FINITE', says: 'at step', changes: () => ({ compare: {}, train: { epochs: 1, batchSize: 20, optimizer: ['sgd', { learningRate: 1e30 }], schedule: 'constant' } }) },
];

describe('a run that fails', () => {
  it('says why, leaves no unfinished file, and loses nothing of the run before it', async () => {
    const folder = copy('faults');
    for (const { what, code, says, changes, variant } of faults) {
      const { message } = await failWith(code, { folder, base, ...(changes ? { changes: changes() } : {}), ...(variant ? { variant } : {}) });
      expect(message, what).toContain(says);
      expect(temporaryFiles(folder), what).toEqual([]);
    }
    const { events, warnings } = await expectSameEnd(folder);
    expect(events.filter((event) => event.startsWith('step'))).toEqual([]);
    expect(warnings).toEqual([]);
  });
});

describe.concurrent('a disk', () => {
  it.skipIf(!canLimit)('that refuses files above a size, whichever that is: what was there stays, the next run goes on', async () => {
    const folder = folderOf('limited');
    const sizes = [100, 300, 1000, 1800, 2500, 3000, 3500, 4500, 5500, 6500];
    const codes: unknown[] = [];
    for (const size of sizes) {
      const { outcome, stderr } = await run({ folder, base }, ['prlimit', `--fsize=${size}`]);
      expect(outcome, stderr).toBeDefined();
      codes.push(outcome!.code);
      if (outcome!.code) expect(outcome!.message).toMatch(/the file would exceed the size limit of the system\. What was saved before is intact/);
      expect(temporaryFiles(folder)).toEqual([]);
    }
    expect(codes.filter((code) => code === 'KD_DISK').length).toBeGreaterThan(5);
    expect(codes.filter((code) => code !== 'KD_DISK' && code !== undefined)).toEqual([]);
    const { warnings } = await expectSameEnd(folder);
    expect(warnings).toEqual([]);
  });

  it.skipIf(!canMount)('that is full: the run says how much is missing, and goes on when there is room', async () => {
    const folder = folderOf('full');
    const out = folderOf('full-after');
    // A process's mounts end with it: both runs and the copy happen in one.
    const script = `set -e; mkdir -p ${folder}; mount -t tmpfs -o size=1100k none ${folder}; "$@" || true; mount -o remount,size=8m ${folder}; "$@"; cp -r ${folder} ${out}`;
    const { outcomes: [full, roomy], stderr } = await run({ folder, base }, ['unshare', '-m', 'sh', '-c', script, 'sh']);
    expect(full?.code, full?.message ?? stderr).toBe('KD_DISK');
    expect(full!.message).toMatch(/the checkpoint needs \d+ bytes and 1048576 to spare, \d+ are free\. What was saved before is intact: free some space/);
    expect(roomy?.done, roomy?.message ?? stderr).toBe(true);
    await expectSameEnd(out);
  });

  it.skipIf(!canMount)('that cannot be written to: says so, before anything is trained', async () => {
    const folder = copy('read-only');
    const readOnly = ['unshare', '-m', 'sh', '-c', `mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder} && exec "$@"`, 'sh'];
    const before = filesOf(folder);
    const { message, events } = await failWith('KD_DISK', { folder, base }, readOnly);
    expect(message).toMatch(/the file system is read-only\. Choose a folder on a disk that can be written to\.$/);
    expect(events.filter((event) => /^(after (?!rm)|step)/.test(event))).toEqual([]);
    expect(filesOf(folder)).toEqual(before);
    const absent = await failWith('KD_DISK', { folder: join(folder, 'new', 'run'), base }, readOnly);
    expect(absent.message).toContain('the file system is read-only');
    rmSync(join(folder, 'units'), { recursive: true });
    await finish({ folder, base });
    expect(readFileSync(join(folder, 'kd-run.json'), 'utf8')).toContain('"kd":"run"');
  });
});
