import { runStages, startBackend, type StageName } from '@kd/core';
import { openRun } from '@kd/node';
import { plainText } from '../config/plain-value.ts';
import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { resultTable } from '../output/result-table.ts';
import { safeText } from '../output/safe-text.ts';
import { openSession } from '../session.ts';
import { stopOnSignals } from '../signals.ts';
import { versions } from '../versions.ts';

/** `kd run` and its stages. @param until the last stage; all of them when left out */
export async function run(flags: GlobalFlags, until?: StageName): Promise<void> {
  const started = performance.now();
  const reporter = reporterFor(flags);
  const stop = stopOnSignals((message) => reporter.note?.(message));
  const { resolved, loaded, runFolder } = await openSession(flags);
  const folder = await openRun(runFolder, (message) => reporter.warn?.(message));
  try {
    await folder.writeConfig(`${plainText(resolved.config, 2)}\n`);
    const { backend, why } = await startBackend(resolved);
    reporter.note?.(`${loaded.file}\nruns in ${runFolder} on ${why}`);
    const before = await folder.readSummary();
    const { summary: now } = await runStages(resolved, { workspace: folder.workspace, reporter, stop, backend: backend.name, versions: versions(), ...(until ? { until } : {}) });
    const summary = now && { ...now, seconds: secondsSoFar(now.seconds, before?.seconds) };
    if (summary) await folder.writeSummary(summary);
    const took = (performance.now() - started) / 1000;
    if (summary) print(flags, { folder: runFolder, summary }, () => resultTable(summary, runFolder, took, flags));
    else print(flags, { folder: runFolder, until }, () => `Done up to '${until}'. What the run has so far is in ${safeText(runFolder)}\n`);
  } finally {
    await folder.close();
  }
}

/** A stage that was skipped took what it took when it ran. */
function secondsSoFar(now: Readonly<Record<string, number>>, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  return Object.fromEntries(Object.entries(now).map(([stage, took]) => [stage, took === 0 ? (before[stage] ?? 0) : took]));
}
