import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary, Workspace } from '@kd/core';
import { durableWrite } from '../files/durable-write.ts';
import { openRunFolder } from '../files/output-folder.ts';
import { lockFolder } from '../files/run-lock.ts';
import { parseJson } from '../files/parse-json.ts';
import { readWhole } from '../files/read-file.ts';
import { sweepTemporaryFiles } from '../files/sweep-temporary-files.ts';
import { fileWorkspace, type Warn } from './file-workspace.ts';

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
  await openRunFolder(folder);
  const lock = await lockFolder(folder);
  await sweepTemporaryFiles(folder);
  const summaryFile = join(folder, 'summary.json');
  return {
    folder,
    workspace: fileWorkspace(folder, warn),
    async writeSummary(summary) {
      await durableWrite(join(folder, 'metrics.jsonl'), summary.history.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''));
      await durableWrite(summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
    },
    writeConfig: async (text) => void (await durableWrite(join(folder, 'config.json'), text)),
    readSummary: async () => (existsSync(summaryFile) ? (parseJson(readWhole(summaryFile, 'Summary', 1 << 26), summaryFile, 'summary') as Summary) : undefined),
    close: () => lock.release(),
  };
}
