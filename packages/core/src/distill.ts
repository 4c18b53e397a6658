import { version_core as tfjs } from '@tensorflow/tfjs-core';
import type { KdConfig } from './config/config.ts';
import { resolveConfig } from './config/resolve-config.ts';
import type { Model } from './model/model.ts';
import { silent, type Reporter } from './run/reporter.ts';
import { StopSignal } from './run/stop-signal.ts';
import { MemoryWorkspace } from './stages/memory-workspace.ts';
import { runStages } from './stages/run-stages.ts';
import { startBackend } from './stages/start-backend.ts';
import type { Summary } from './stages/summary.ts';
import type { Workspace } from './stages/workspace.ts';
import { version } from './version.ts';

export interface DistillOptions {
  /** Hears how the run goes; silent when left out. */
  readonly reporter?: Reporter;
  /** Ends the run after the step under way; `distill` then throws `KD_STOPPED`. */
  readonly stop?: StopSignal;
  /** Keeps what was made, so that a later call goes on from there. */
  readonly workspace?: Workspace;
}

export interface Distilled {
  /** The student, trained. A layers model that the config gave holds the trained weights itself. */
  readonly student: Model;
  readonly summary: Summary;
}

/**
 * Distills teachers into one student, in memory: no files, in Node, in a browser or in a worker.
 *
 * @throws KdError for every mistake in the config, before anything runs
 */
export async function distill(config: KdConfig, { reporter = silent, stop = new StopSignal(), workspace = new MemoryWorkspace() }: DistillOptions = {}): Promise<Distilled> {
  const resolved = resolveConfig(config);
  const { backend } = await startBackend(resolved);
  const { model, summary } = await runStages(resolved, { workspace, reporter, stop, backend: backend.name, versions: { kd: version, tfjs } });
  return { student: model!, summary: summary! };
}
