import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Outcome } from './driver/job.ts';
import { filesOf } from './run-files.ts';
import { bundleDriver, finish } from './runs.ts';
import { writeSmallData } from './small-data.ts';

export interface Undisturbed {
  readonly folder: string;
  readonly outcome: Outcome;
  readonly files: Readonly<Record<string, string>>;
}

export interface Runs {
  /** Where the data lies. */
  readonly base: string;
  folderOf(name: string): string;
  /** A run of the small task that nothing disturbed. */
  undisturbed(): Undisturbed;
  /** A copy of its folder, without the records of these units: they are to be done again. */
  copy(name: string, ...without: string[]): string;
  /** Runs the small task in this folder to its end, and finds every byte as if nothing had ever disturbed it. */
  expectSameEnd(folder: string): Promise<Outcome>;
}

/** Makes data, driver and an undisturbed run, once a test file. */
export function beforeRuns(): Runs {
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 }); // many processes, on a machine that may be busy
  const top = mkdtempSync(join(tmpdir(), 'kd-run-'));
  const base = join(top, 'data');
  const folder = join(top, 'undisturbed');
  const folderOf = (name: string): string => join(top, name);
  let found: Undisturbed | undefined;
  beforeAll(async () => {
    await bundleDriver(join(top, 'run-once.cjs'));
    writeSmallData(base);
    const outcome = await finish({ folder, base });
    found = { folder, outcome, files: filesOf(folder) };
  });
  afterAll(() => rmSync(top, { recursive: true, force: true }));
  return {
    base, folderOf,
    undisturbed: () => found!,
    copy(name, ...without) {
      cpSync(folder, folderOf(name), { recursive: true });
      for (const unit of without) rmSync(join(folderOf(name), 'units', `${unit}.json`));
      return folderOf(name);
    },
    async expectSameEnd(own) {
      const end = await finish({ folder: own, base });
      expect(filesOf(own)).toEqual(found!.files);
      return end;
    },
  };
}
