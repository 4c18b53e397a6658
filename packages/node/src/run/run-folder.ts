import { existsSync, lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KdError, type Summary, type Workspace } from '@kd/core';
import { durableWrite } from '../files/durable-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { isOurs, openRunFolder, runMarker } from '../files/output-folder.ts';
import { lockFolder } from '../files/run-lock.ts';
import { sweepTemporaryFiles } from '../files/sweep-temporary-files.ts';
import { fileWorkspace, type Warn } from './file-workspace.ts';
import { readSummary } from './read-summary.ts';

/** A run's folder, for this process alone until it is closed. */
export interface RunFolder {
  readonly folder: string;
  readonly workspace: Workspace;
  /** `summary.json`, and `metrics.jsonl` with one line an epoch. */
  writeSummary(summary: Summary): Promise<void>;
  /** `config.json`: the resolved config, as it was printed. */
  writeConfig(text: string): Promise<void>;
  readSummary(): Promise<Summary | undefined>;
  close(): Promise<void>;
}

/**
 * Opens a run's folder: a new or empty one, or that of an earlier run, which is then gone on with.
 *
 * @param warn hears of files that could not be used and are made again
 * @throws KD_OUTPUT_NOT_OURS, KD_RUN_LOCKED, KD_DISK
 */
export async function openRun(folder: string, warn: Warn = () => {}): Promise<RunFolder> {
  // The folder is locked before anything is written into it: of two processes that start at once, only one does.
  if (!(await isOurs(folder, runMarker))) await makeFolder(folder);
  const lock = await lockFolder(folder);
  try {
    await openRunFolder(folder);
    await sweepRun(folder);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return {
    folder,
    workspace: fileWorkspace(folder, warn),
    async writeSummary(summary) {
      await durableWrite(join(folder, 'metrics.jsonl'), summary.history.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''));
      await durableWrite(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
    },
    writeConfig: async (text) => void (await durableWrite(join(folder, 'config.json'), text)),
    readSummary: async () => summaryBefore(folder, warn),
    close: () => lock.release(),
  };
}

/** Unfinished files that a killed process left, wherever a run writes. */
async function sweepRun(folder: string): Promise<void> {
  const inside = ['checkpoints', 'teachers'].map((name) => join(folder, name)).filter((path) => existsSync(path));
  const below = (await Promise.all(inside.map(async (path) => (await readdir(path)).map((name) => join(path, name))))).flat();
  const own = ['', 'units', 'distillation-data', 'student', 'baseline', 'ceiling'].map((name) => join(folder, name));
  for (const path of [...own, ...below]) if (isFolder(path)) await sweepTemporaryFiles(path);
}

/** Never through a link. */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What the run before this one found. Nothing depends on it: it is written again at the end. */
function summaryBefore(folder: string, warn: Warn): Summary | undefined {
  try {
    return readSummary(folder);
  } catch (error) {
    if (!(error instanceof KdError)) throw error;
    warn(error.message);
    return undefined;
  }
}
